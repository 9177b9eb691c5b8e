"""Augmentation of whole batches as tensor operations, on any device, repeatable by the generator.

Images are (N, C, H, W), uint8 in 0 … 255 or float in 0 … 1; what comes out has the same type, shape and device.
Strengths of zero switch a step off.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Generator, Tensor

from zsr_lib.errors import BadInputError
from zsr_lib.training.image_changes import (
    random_affine,
    random_erasing,
    random_factors,
    random_mirror,
    random_symmetries,
    random_thickness,
)


class Augmentation(Protocol):
    """Anything that changes a batch of images."""

    def apply(self, images: Tensor, generator: Generator) -> Tensor:
        """The changed images; the same generator state gives the same bytes."""


@dataclass(frozen=True)
class PhotoAugmentation:
    """For aerial photos: up is nowhere, light and haze vary.

    Attributes:
        symmetries: Any of the 8 symmetries of the square (without interpolation).
        angle: Largest rotation on top of that, in degrees; what comes in at the border is mirrored.
        scale: Largest growth, as a share: 0.1 scales by 1/1.1 to 1.1.
        shift: Largest shift along each axis, as a share of the side.
        brightness: Largest change, as a share.
        contrast: Largest change, as a share, about each image's mean.
    """

    symmetries: bool = True
    angle: float = 10.0
    scale: float = 0.1
    shift: float = 0.05
    brightness: float = 0.2
    contrast: float = 0.2

    def apply(self, images: Tensor, generator: Generator) -> Tensor:
        """See `Augmentation`.

        Raises:
            BadInputError: Not a batch of images; or not square although `symmetries` are asked for.
        """

        def change(photos: Tensor) -> Tensor:
            """Changes photos, (N, 3, H, W) in 0 … 1."""
            if self.symmetries:
                photos = random_symmetries(photos, generator)
            photos = random_affine(photos, generator, self.angle, self.scale, self.shift, "reflection")
            if self.contrast:
                mean = photos.mean(dim=(1, 2, 3), keepdim=True)
                photos = mean + (photos - mean) * random_factors(photos, self.contrast, generator)
            return photos * random_factors(photos, self.brightness, generator) if self.brightness else photos

        return _as_unit_floats(change, images)


@dataclass(frozen=True)
class SketchAugmentation:
    """For dark strokes on white paper: another hand, another pen, another orientation. Paper stays white.

    Attributes:
        flip: Mirror every other image.
        angle: Largest rotation either way, in degrees; seen from the air, any angle is right.
        scale: Largest growth, as a share: 0.2 scales by 1/1.2 to 1.2.
        shift: Largest shift along each axis, as a share of the side.
        thickness: Most pixels by which strokes grow or shrink on each side.
        patches: Most square patches that are erased to paper (stroke dropout).
        patch_side: Largest side of a patch, as a share of the image's.
    """

    flip: bool = True
    angle: float = 180.0
    scale: float = 0.2
    shift: float = 0.1
    thickness: int = 1
    patches: int = 8
    patch_side: float = 0.25

    def apply(self, images: Tensor, generator: Generator) -> Tensor:
        """See `Augmentation`.

        Raises:
            BadInputError: Not a batch of images.
        """

        def change(sketches: Tensor) -> Tensor:
            """Changes sketches, (N, 3, H, W) in 0 … 1."""
            ink = random_thickness(1 - sketches, self.thickness, generator)
            ink = random_erasing(ink, self.patches, self.patch_side, generator)
            if self.flip:
                ink = random_mirror(ink, generator)
            return 1 - random_affine(ink, generator, self.angle, self.scale, self.shift, "zeros")

        return _as_unit_floats(change, images)


def _as_unit_floats(change: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    if images.ndim != 4 or not (images.dtype == torch.uint8 or images.is_floating_point()):
        raise BadInputError(
            f"images have shape {tuple(images.shape)} and type {images.dtype}.", "give (N, C, H, W) uint8 or float."
        )
    if not len(images):
        return images
    if images.is_floating_point():
        return change(images).clamp(0, 1)
    return (change(images.float() / 255) * 255).round().clamp(0, 255).to(torch.uint8)
