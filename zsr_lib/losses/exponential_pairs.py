"""Pair loss of "3D Shape": squared distance for one class, an exponential that dies away for two."""

import torch
from torch import Tensor

from zsr_lib.losses.base import matching_rows, number, zero_or_one

DECAY = 2.77
"""With it, a pair of two classes at L1 distance C_n costs C_n · e^−2.77, about a sixteenth of what it costs at 0."""


def exponential_pairs(left: Tensor, right: Tensor, same: Tensor, near: float = 0.2, far: float = 10.0) -> Tensor:
    """mean_i y_i D_i² / C_p + (1 − y_i) C_n e^{−2.77 D_i / C_n} with L1 distance D_i of the i-th pair.

    Source: Wang, Kang and Li, "Sketch-based 3D shape retrieval using convolutional neural networks", CVPR 2015,
    after Chopra et al., CVPR 2005; METHODS.md §6.3.

    Args:
        left: (N, D) codes.
        right: (N, D) codes.
        same: (N,) y: whole numbers, 1 where both are of one class, else 0.
        near: C_p.
        far: C_n, in units of the distance.

    Raises:
        BadInputError: The shapes differ, or are not (N, D), `same` holds another number, or a constant is not positive.

    >>> import torch
    >>> left, right = torch.zeros(2, 2), torch.tensor([[0.1, 0.1], [0.0, 0.0]])
    >>> exponential_pairs(left, right, torch.tensor([1, 0]))  # (0.2² / 0.2 + 10) / 2
    tensor(5.1000)
    """
    left, right = matching_rows(left=left, right=right)
    same = zero_or_one("same", same, left)
    near, far = number("near", near, above=True), number("far", far, above=True)
    distances = (left - right).abs().sum(dim=1)
    return (same * distances.square() / near + (1 - same) * far * torch.exp(-DECAY * distances / far)).mean()
