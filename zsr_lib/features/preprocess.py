"""From stored pixels to what a network takes: resize, crop, normalise, as batched tensor operations."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadInputError

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_SD = (0.229, 0.224, 0.225)
"""Of red, green and blue in 0 … 1, over ImageNet's training images; torchvision's classifiers expect them."""


@dataclass(frozen=True)
class Preprocess:
    """Photos and sketches alike → (N, 3, side, side).

    Attributes:
        side: Of the result, in pixels.
        resized: Length of the shorter side before the centre is cropped; `side` when nothing is to be cut off.
    """

    side: int
    resized: int

    @classmethod
    def of_torchvision(cls, side: int) -> "Preprocess":
        """The usual preprocessing of torchvision: 256 pixels, of which the central 224; other sides in proportion."""
        return cls(side, round(side * 256 / 224))

    def __call__(
        self, pixels: np.ndarray, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32
    ) -> torch.Tensor:
        """Prepares (N, H, W, 3) uint8 RGB images."""
        return self.prepared(_channels_first(pixels).to(device), dtype)

    def prepared(self, images: torch.Tensor, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """Prepares (N, 3, H, W) uint8 RGB images where they are; nothing waits for the device."""
        images = self.cropped(self.scaled(images)).to(dtype)
        constants = torch.tensor([IMAGENET_MEAN, IMAGENET_SD], dtype=dtype).to(images.device, non_blocking=True)
        mean, sd = constants.view(2, 1, 3, 1, 1) * 255
        return (images - mean) / sd

    def scaled(self, images: torch.Tensor) -> torch.Tensor:
        """(N, 3, H, W) uint8 → the shorter side is `resized`, the longer one in proportion; bilinear, antialiased."""
        height, width = images.shape[-2:]
        scale = self.resized / min(height, width)
        size = [round(height * scale), round(width * scale)]
        if size == [height, width]:
            return images
        if images.is_cuda:  # has no kernel for uint8
            return F.interpolate(images.float(), size, mode="bilinear", antialias=True).round().clamp(0, 255)
        return F.interpolate(images, size, mode="bilinear", antialias=True)

    def cropped(self, images: torch.Tensor) -> torch.Tensor:
        """The central `side` × `side` pixels."""
        top, left = ((length - self.side) // 2 for length in images.shape[-2:])
        return images[..., top : top + self.side, left : left + self.side]


def check_colours(items: ItemSet, name: str) -> None:
    """Makes sure that items are pictures as `Preprocess` takes them.

    Raises:
        BadInputError: Their pixels have other bands or another type than what the extractor `name` takes.
    """
    if items.pixels.ndim != 4 or items.pixels.shape[-1] != 3 or items.pixels.dtype != np.uint8:
        bands = f", bands {', '.join(items.bands)}" if items.bands else ""
        raise BadInputError(
            f"{items.modality} pixels have shape {items.pixels.shape}, {items.pixels.dtype}{bands}; "
            f"'{name}' takes red, green and blue in 8 bits.",
            "give (N, H, W, 3) uint8, or take a backbone for these bands.",
        )


def resized(pixels: np.ndarray, side: int) -> np.ndarray:
    """The central square of (N, H, W, 3) uint8 images at another size, (N, side, side, 3) uint8."""
    square = Preprocess(side, side)
    return square.cropped(square.scaled(_channels_first(pixels))).permute(0, 2, 3, 1).numpy()


def _channels_first(pixels: np.ndarray) -> torch.Tensor:
    # Memory-mapped pixels are read-only, which torch does not know of: those are copied.
    return torch.from_numpy(np.require(pixels, requirements="W")).permute(0, 3, 1, 2)
