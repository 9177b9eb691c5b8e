"""Contrastive loss of pairs: of one class together, of two classes apart."""

from torch import Tensor

from zsr_lib.losses.base import matching_rows, number, zero_or_one
from zsr_lib.losses.triplet import row_distances


def contrastive_pairs(left: Tensor, right: Tensor, same: Tensor, margin: float = 1.0) -> Tensor:
    """mean_i ½ y_i D_i² + ½ (1 − y_i) [margin − D_i]_+² with Euclidean D_i of the i-th pair.

    Source: Hadsell, Chopra and LeCun, "Dimensionality reduction by learning an invariant mapping", CVPR 2006, equation
    4 (with the meaning of y turned round); for sketches and photos Qi et al., ICIP 2016, and Sangkloy et al., SIGGRAPH
    2016.

    Args:
        left: (N, D) codes.
        right: (N, D) codes.
        same: (N,) y: whole numbers, 1 where both are of one class, else 0.
        margin: From which distance on pairs of two classes are left alone.

    Raises:
        BadInputError: The shapes differ, or are not (N, D), `same` holds another number, or the margin is negative.

    >>> import torch
    >>> left, right = torch.zeros(2, 2), torch.tensor([[0.6, 0.8], [0.3, 0.4]])
    >>> contrastive_pairs(left, right, torch.tensor([1, 0]), margin=1.0)  # (½ · 1² + ½ · 0.5²) / 2
    tensor(0.3125)
    """
    left, right = matching_rows(left=left, right=right)
    same = zero_or_one("same", same, left)
    distances = row_distances(left, right)
    apart = (number("margin", margin) - distances).relu()
    return (same * distances.square() + (1 - same) * apart.square()).mean() / 2
