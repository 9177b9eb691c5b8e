"""Relation loss: the score of a pair is high where both are of one class, and low where they are not."""

from torch import Tensor

from zsr_lib.errors import BadInputError
from zsr_lib.losses.base import matching_rows, number


def relation(matching: Tensor, other: Tensor, slack: float = 0.01) -> Tensor:
    """Mean squared distance of scores from 1 − slack (pairs of one class) and from slack (pairs of two).

    Source: L_rn of ZSE-SBIR (CVPR 2023) as METHODS.md §4.7 describes it; targets 0 and 1 clamped to [0.01, 0.99].

    Args:
        matching: (N, 1) scores between 0 and 1 of pairs of one class.
        other: (N, 1) scores of pairs of two classes.
        slack: How far targets stay from 0 and 1.

    Returns:
        Scalar: the mean over all 2N pairs.

    Raises:
        BadInputError: The shapes differ or are not (N, D), or the slack is not from 0 to below a half.

    >>> import torch
    >>> relation(torch.tensor([[0.99]]), torch.tensor([[0.51]]))  # (0² + 0.5²) / 2
    tensor(0.1250)
    """
    matching, other = matching_rows(matching=matching, other=other)
    if number("slack", slack) >= 0.5:
        raise BadInputError(f"slack is {slack}.", "give a number below 0.5, for example 0.01.")
    return ((matching - (1 - slack)).square().mean() + (other - slack).square().mean()) / 2
