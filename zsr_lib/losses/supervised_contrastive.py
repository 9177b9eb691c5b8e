"""Supervised contrastive loss over a joint batch: every item of the own class is a positive, all others are not."""

import torch
from torch import Tensor
from torch.nn import functional

from zsr_lib.errors import BadInputError
from zsr_lib.losses.base import matching_rows, number, row_labels

SHORTEST = 1e-6
"""Codes shorter than this are divided by it instead of by their length, which keeps gradients finite."""


def supervised_contrastive(
    codes: Tensor,
    labels: Tensor,
    modality: Tensor | None = None,
    temperature: float = 0.1,
    cross_modal_only: bool = False,
) -> Tensor:
    """mean_i −1/|P(i)| Σ_{p ∈ P(i)} log [ exp(z_i·z_p / τ) / Σ_{a ∈ A(i)} exp(z_i·z_a / τ) ], with unit-length z.

    P(i) are the other items of i's class, A(i) are these and all items of other classes. The mean is over the items
    that have a positive; a batch without any gives zero, and zero gradients.

    Source: L_out^sup of Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, eq. 2, there as a sum over i.

    Args:
        codes: (N, D) codes of photos and sketches together, of any length: they are normalised here.
        labels: (N,) class of each.
        modality: (N,) whole numbers or truth values; needed for `cross_modal_only`.
        temperature: τ > 0; small values attend to the nearest items.
        cross_modal_only: P(i) are only the items of another modality, so that photos do not just gather among
            themselves. Those of i's class and modality are then left out of A(i), too: they neither attract nor repel.

    Raises:
        BadInputError: A shape or type cannot be right, the temperature is not positive, or the modality is missing.

    >>> import torch
    >>> codes, labels = torch.eye(2)[[0, 1, 0, 1]], torch.tensor([0, 1, 0, 1])
    >>> supervised_contrastive(codes, labels, temperature=1.0)  # log (e + 2) − 1
    tensor(0.5514)
    """
    (codes,) = matching_rows(codes=codes)
    labels = row_labels("labels", labels, codes)
    same = labels[:, None] == labels[None, :]
    positive = same & ~torch.eye(len(codes), dtype=torch.bool, device=codes.device)
    if cross_modal_only:
        if modality is None:
            raise BadInputError("cross_modal_only needs the modality of every row.", "give modality.")
        modality = row_labels("modality", modality, codes)
        positive = positive & (modality[:, None] != modality[None, :])
    with torch.autocast(codes.device.type, enabled=False):  # in 16 bits, similarities over τ lose their differences
        unit = functional.normalize(codes, dim=1, eps=SHORTEST)
        similarity = unit @ unit.T / number("temperature", temperature, above=True)
        return _mean_over_anchors(similarity, positive, positive | ~same)


def _mean_over_anchors(similarity: Tensor, positive: Tensor, compared: Tensor) -> Tensor:
    """The loss of (N, N) similarities, given P and A; without branches on values, which would make a GPU wait."""
    others = similarity.masked_fill(~compared, -torch.inf)
    log_share = similarity - others.logsumexp(dim=1, keepdim=True)
    count = positive.sum(dim=1)
    of_anchor = -torch.where(positive, log_share, 0.0).sum(dim=1) / count.clamp(min=1)
    return of_anchor.sum() / (count > 0).sum().clamp(min=1)
