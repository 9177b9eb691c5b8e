"""Sketches cut to what is drawn on them; an empty sheet stays as it is."""

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

INK = 64
"""A pixel is ink if it is at least so much darker than the sheet's lightest, in the mean of its bands."""
MARGIN = 10
"""Paper that stays around the ink, in pixels of the decoded picture: less of the sheet the larger that is."""


def cropped_to_ink(images: Tensor, margin: int = MARGIN) -> Tensor:
    """Each sketch's ink with a margin, as large as the square it lies in; beyond the sheet there is more paper.

    Source: METHODS.md §4.3, where ink is what adds up to at most 300 over red, green and blue, and a sketch without any
    is an error. Here the sheet's own paper counts: lines of a picture that was made smaller are grey, and that rule
    would cut them off. An empty sketch, as it may come from a pad, is left whole. Nothing is read back from the device.

    Args:
        images: (B, C, S, S) of any type, in 0 … 255; dark ink on light paper.
        margin: In pixels; less where the ink is nearer to the edge.

    Returns:
        (B, C, S, S) of a floating type.
    """
    images = images if images.is_floating_point() else images.float()
    side = images.shape[-1]
    grey = images.mean(dim=1)  # (B, S, S)
    ink = grey <= grey.amax(dim=(1, 2), keepdim=True) - INK
    spans = [_span(ink.any(dim=axis), margin) for axis in (1, 2)]  # along x, along y
    (left, right), (top, bottom) = spans
    window = torch.maximum(right - left, bottom - top)  # (B,) side of the square, in pixels
    zero = torch.zeros_like(window)
    across = torch.stack([window, zero, left + right - side], dim=1) / side
    down = torch.stack([zero, window, top + bottom - side], dim=1) / side
    grid = affine_grid(torch.stack([across, down], dim=1).to(images.dtype), list(images.shape), align_corners=False)
    paper = images.amax(dim=(1, 2, 3), keepdim=True)
    return paper - grid_sample(paper - images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _span(ink: Tensor, margin: int) -> tuple[Tensor, Tensor]:
    """(B, S) bool → (B,) where the ink begins and ends with its margin; all of S where there is none."""
    side = ink.shape[1]
    begin = ink.int().argmax(dim=1)  # the first of equal values
    end = side - ink.flip(1).int().argmax(dim=1)
    there = ink.any(dim=1)
    begin = torch.where(there, (begin - margin).clamp(min=0), 0)
    return begin.double(), torch.where(there, (end + margin).clamp(max=side), side).double()
