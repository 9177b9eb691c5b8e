"""Hinges on scores: the own class ahead of every other by a margin, or each pair on its own side of one."""

from torch import Tensor
from torch.nn import functional

from zsr_lib.errors import BadInputError
from zsr_lib.losses.base import matching_rows, number, row_labels, zero_or_one


def multiclass_hinge(scores: Tensor, labels: Tensor, margin: float = 1.0) -> Tensor:
    """mean_i [margin + max_{c ≠ y_i} s_ic − s_iy_i]_+.

    Source: Crammer and Singer, "On the algorithmic implementation of multiclass kernel-based vector machines", JMLR 2,
    2001, section 3; SSE's objective (Zhang and Saligrama, ICCV 2015) has this form.

    Args:
        scores: (N, C), C of 2 or more.
        labels: (N,) class indices, 0 … C − 1.
        margin: By which the own class shall lead.

        Raises: BadInputError: The scores are not (N, C) of two or more classes, a label cannot be right, or the margin
        is negative.

    >>> import torch
    >>> multiclass_hinge(torch.tensor([[2.0, 1.5, 0.0], [0.0, 3.0, 0.0]]), torch.tensor([0, 1]))  # (0.5 + 0) / 2
    tensor(0.2500)
    """
    (scores,) = matching_rows(scores=scores)
    labels = row_labels("labels", labels, scores)
    if scores.shape[1] < 2:
        raise BadInputError("there is one class, and no other to lead.", "give scores of two or more.")
    if labels.device.type == "cpu" and not 0 <= int(labels.min()) <= int(labels.max()) < scores.shape[1]:
        raise BadInputError(f"labels go beyond the {scores.shape[1]} classes.", "give indices, starting at 0.")
    own = functional.one_hot(labels, scores.shape[1]).bool()  # (N, C)
    best = scores.masked_fill(own, -float("inf")).amax(dim=1)
    return (number("margin", margin) + best - (scores * own).sum(dim=1)).relu().mean()


def squared_hinge(scores: Tensor, match: Tensor) -> Tensor:
    """Mean of [1 − y s]_+² over all (N, P) scores, with y = 1 where a pair matches and −1 where it does not.

    Source: JLSE's objective for match and mismatch (Zhang and Saligrama, CVPR 2016); METHODS.md §6.8.

    Args:
        scores: (N, P) of P pairs for each of N items.
        match: (P,) whole numbers, 1 for the places of pairs that match, else 0.

    Raises:
        BadInputError: The scores are not (N, P), or `match` is not (P,).

    >>> import torch
    >>> squared_hinge(torch.tensor([[0.5, -2.0]]), torch.tensor([1, 0]))  # (0.5² + 0) / 2
    tensor(0.1250)
    """
    (scores,) = matching_rows(scores=scores)
    sides = 2 * zero_or_one("match", match, scores.T) - 1  # (P,)
    return (1 - sides * scores).relu().square().mean()
