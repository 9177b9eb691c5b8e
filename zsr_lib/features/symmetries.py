"""The eight symmetries of the square, for images that have no up: aerial photos."""

import torch

COUNT = 8


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
