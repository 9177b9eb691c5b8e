"""Pictures as oriented gradients: what a line of ink and the border of a roof have in common, given and not learned."""

import math

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, pad

ORIENTATIONS = 8
"""Bands that come out; a line has no direction, so they share half a turn."""
AROUND = 9
"""Side of the square, in pixels, within which gradients are normalised."""
CELL = 4
"""Side of the square, in pixels, over which each orientation is averaged; squares lie half their side apart."""


def oriented_gradients(images: Tensor) -> Tensor:
    """Strength of the gradient in each of eight orientations, as a share of what is around.

    Source: the idea of HOG (Dalal and Triggs, CVPR 2005), for every pixel and differentiable: an angle's share in
    orientation k is [cos 2(θ − θ_k)]_+², the normalisation is by the root mean square around, and means are over boxes.

    Args:
        images: (B, C, S, S), standardised, of an even side; bands are averaged.

    Returns:
        (B, 8, S / 2, S / 2), not negative; 0 where a picture is blank.
    """
    grey = pad(images.mean(dim=1, keepdim=True), (1, 1, 1, 1), mode="replicate")  # (B, 1, S + 2, S + 2)
    across = (grey[..., 1:-1, 2:] - grey[..., 1:-1, :-2]) / 2
    down = (grey[..., 2:, 1:-1] - grey[..., :-2, 1:-1]) / 2
    power = across.square() + down.square()  # (B, 1, S, S)
    angles = math.pi / ORIENTATIONS * torch.arange(ORIENTATIONS, dtype=images.dtype, device=images.device)
    cosine, sine = (2 * angles).cos()[:, None, None], (2 * angles).sin()[:, None, None]
    # |g| · cos 2(θ − θ_k), from the doubled angle, so that no angle is needed: cos 2θ = (x² − y²) / |g|².
    length = (power + 1e-12).sqrt()
    doubled = (cosine * (across.square() - down.square()) + sine * 2 * across * down) / length
    shares = doubled.relu().square() / length  # (B, 8, S, S), |g| · [cos 2(θ − θ_k)]_+²
    around = avg_pool2d(power, AROUND, 1, AROUND // 2, count_include_pad=False)
    return avg_pool2d(shares / (around + 1e-2).sqrt(), CELL, CELL // 2, CELL // 4, count_include_pad=False)
