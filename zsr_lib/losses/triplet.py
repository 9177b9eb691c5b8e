"""Cross-modal triplet loss: nearer to the own class in the other modality than to another class, by a margin."""

from typing import Literal, get_args

from torch import Tensor

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.losses.base import matching_rows, number

Anchors = Literal["both", "photo", "sketch"]

EPSILON = 1e-12
"""Added under the root, so that the gradient at distance zero is zero and not NaN."""


def row_distances(left: Tensor, right: Tensor) -> Tensor:
    """(N,) Euclidean distances of the rows of two (N, D) tensors; never below √EPSILON."""
    return ((left - right).square().sum(dim=1) + EPSILON).sqrt()


def cross_triplet(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0) -> Tensor:
    """mean_i [D(anchor_i, positive_i) − D(anchor_i, negative_i) + margin]_+ with Euclidean D.

    The hinge acts on every row before the mean; rows that satisfy it count as zeros.

    Source: L_si of ZSEoC (Chaudhuri et al., arXiv:2008.05225).

    Args:
        anchor: (N, D) codes.
        positive: (N, D) codes of each anchor's class, from the other modality.
        negative: (N, D) codes of another class, from the other modality.
        margin: α, in units of the codes.

    Raises:
        BadInputError: The shapes differ, or are not (N, D), or the margin is negative.

    >>> import torch
    >>> anchor, positive, negative = torch.tensor([[0.0, 0.0]]), torch.tensor([[3.0, 4.0]]), torch.tensor([[0.0, 2.0]])
    >>> cross_triplet(anchor, positive, negative, margin=1.0)  # 5 − 2 + 1
    tensor(4.)
    """
    anchor, positive, negative = matching_rows(anchor=anchor, positive=positive, negative=negative)
    gap = row_distances(anchor, positive) - row_distances(anchor, negative)
    return (gap + number("margin", margin)).relu().mean()


def cross_modal_triplet(
    photo: Tensor,
    sketch: Tensor,
    other_photo: Tensor | None,
    other_sketch: Tensor | None,
    margin: float = 1.0,
    anchors: Anchors = "both",
) -> Tensor:
    """`cross_triplet` with photos as anchors, plus the same with sketches as anchors.

    Source: L_3lt of ZSCMR (Chaudhuri et al., CVPR Workshops 2020); with ``anchors="photo"``, L_si of ZSEoC.

    Args:
        photo: (N, D) photo codes.
        sketch: (N, D) sketch codes; row i is of the same class as photo i.
        other_photo: (N, D) photo codes; row i is of another class. May be None where only photos are anchors.
        other_sketch: (N, D) sketch codes; row i is of another class. May be None where only sketches are anchors.
        margin: α, in units of the codes.
        anchors: Which modality anchors; ``both`` gives the sum of the two.

    Raises:
        BadInputError: The shapes differ, or are not (N, D), or negatives are missing, or the margin is negative.
        UnknownNameError: There are no such anchors.
    """
    triplets = {"photo": (photo, sketch, other_sketch), "sketch": (sketch, photo, other_photo)}
    chosen = tuple(triplets) if _known(anchors) == "both" else (anchors,)
    losses = []
    for name in chosen:
        anchor, positive, negative = triplets[name]
        if negative is None:
            raise BadInputError(f"{name} anchors have no negatives.", "give codes of another class.")
        losses.append(cross_triplet(anchor, positive, negative, margin))
    return sum(losses[1:], start=losses[0])


def legacy_batch_mean_triplet(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0) -> Tensor:
    """[mean_i D(anchor_i, positive_i) − mean_i D(anchor_i, negative_i) + margin]_+: the hinge after the means.

    Never more than `cross_triplet`, and zero as soon as the batch satisfies the margin on average: then rows that
    violate it teach nothing.

    Source: the released code of ZSEoC (github.com/ushasi/Earth-on-Canvas-dataset).

    Args:
        anchor: (N, D) codes.
        positive: (N, D) codes of each anchor's class.
        negative: (N, D) codes of another class.
        margin: α, in units of the codes.

    Raises:
        BadInputError: The shapes differ, or are not (N, D), or the margin is negative.
    """
    anchor, positive, negative = matching_rows(anchor=anchor, positive=positive, negative=negative)
    gap = row_distances(anchor, positive).mean() - row_distances(anchor, negative).mean()
    return (gap + number("margin", margin)).relu()


def _known(anchors: Anchors) -> Anchors:
    if anchors not in get_args(Anchors):
        raise UnknownNameError("triplet anchors", anchors, get_args(Anchors))
    return anchors
