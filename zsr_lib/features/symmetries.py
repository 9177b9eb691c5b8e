"""The eight symmetries of the square, for images that have no up (aerial photos) or no left and right (objects)."""

from collections.abc import Callable

import numpy as np
import torch

COUNT = 8
AVERAGED = {1: (0,), 2: (0, 4), 4: (0, 1, 2, 3), 8: tuple(range(COUNT))}
"""Number of symmetries → which: the image itself, also mirrored, its quarter turns, all of them."""


def turned(images: torch.Tensor, index: int) -> torch.Tensor:
    """Square images under one symmetry; pixels move, none is interpolated.

    Args:
        images: (N, C, S, S).
        index: 0 … 3 are quarter turns, counter-clockwise, with 0 the identity; 4 … 7 the same of the mirror image.

    Returns:
        (N, C, S, S).
    """
    images = images.flip(-1) if index >= 4 else images
    return torch.rot90(images, index % 4, (-2, -1))


def averaged(describe: Callable[[np.ndarray], np.ndarray], pixels: np.ndarray, count: int) -> np.ndarray:
    """Features of images, averaged over `count` symmetries.

    Args:
        describe: (N, S, S, 3) uint8 → (N, D) float32.
        pixels: (N, S, S, 3) uint8.
        count: One of `AVERAGED`.

    Returns:
        (N, D) float32.
    """
    if count == 1:
        return describe(pixels)
    images = torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2)
    views = (turned(images, index).permute(0, 2, 3, 1).contiguous().numpy() for index in AVERAGED[count])
    return (sum(describe(view).astype(np.float64) for view in views) / count).astype(np.float32)
