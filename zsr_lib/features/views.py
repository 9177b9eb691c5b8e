"""Versions of an image that a network sees: turned, or changed at random but always in the same way."""

import hashlib
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from zsr_lib.features.symmetries import turned
from zsr_lib.training.augment import Augmentation


class Views(Protocol):
    """Several versions of each image; the first is the image itself."""

    @property
    def count(self) -> int:
        """How many."""

    def of(self, images: Tensor, view: int, chunk: int) -> Tensor:
        """(N, 3, H, W) uint8 version `view` of the images of one chunk; the same every time."""


@dataclass(frozen=True)
class Turns:
    """Symmetries of the square, by their numbers (`zsr_lib.features.symmetries.turned`); 0 comes first."""

    indices: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many."""
        return len(self.indices)

    def of(self, images: Tensor, view: int, chunk: int) -> Tensor:
        """See `Views`."""
        return turned(images, self.indices[view])


@dataclass(frozen=True)
class Changed:
    """The image, and `count` − 1 random changes of it.

    Attributes:
        count: Versions.
        augmentation: What changes them.
        seed: Of the changes.
    """

    count: int
    augmentation: Augmentation
    seed: int = 0

    def of(self, images: Tensor, view: int, chunk: int) -> Tensor:
        """See `Views`."""
        if view == 0:
            return images
        digest = hashlib.sha256(f"{self.seed} {view} {chunk}".encode()).digest()
        generator = torch.Generator().manual_seed(int.from_bytes(digest[:8], "big", signed=True))
        return self.augmentation.apply(images, generator)
