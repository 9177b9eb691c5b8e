"""Codes of ±1 without relaxation: the half-steps by which DSH and GDH move them between steps of their networks.

Each half-step solves for one thing exactly while the rest stands still; so none lets the objective rise.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from zsr_lib.errors import BadInputError


@dataclass(frozen=True)
class CodedItems:
    """N items of one modality in the objective of DSH.

    Attributes:
        codes: (N, m) numbers of ±1.
        labels: (N,) int64 classes.
        vectors: (N, K) class vector of each.
        outputs: (N, m) what the network gives for each.
    """

    codes: Tensor
    labels: Tensor
    vectors: Tensor
    outputs: Tensor


def wanted_sums(labels: Tensor, other: CodedItems, centred: bool) -> Tensor:
    """(N, m) W B₂ for items of the classes `labels`: W is 1 for pairs of a class, else −1; less its mean if `centred`.

    W is never written out: its product with a column of codes is a sum over each class.
    """
    classes = int(max(labels.max(), other.labels.max())) + 1
    sums = other.codes.new_zeros(classes, other.codes.shape[1]).index_add_(0, other.labels, other.codes)  # (C, m)
    counts = torch.bincount(other.labels, minlength=classes).to(sums.dtype)
    alike = counts[labels].mean() / len(other.labels)  # the share of pairs of one class
    return 2 * sums[labels] - (2 * alike if centred else 1.0) * other.codes.sum(dim=0)


def objective(
    one: CodedItems, two: CodedItems, words: Tensor, semantic: float, network: float, centred: bool = False
) -> Tensor:
    """‖W − B₁B₂ᵀ/m‖² + λ Σ_i ‖Φ_i − B_i D‖² + γ Σ_i ‖F_i − B_i‖², W being 1 for pairs of one class and −1 else.

    With many classes nearly all of W is −1, and what fits that best are bits that all photos share and no sketch has:
    they say nothing. `centred` takes the mean out of W.

    Source: Liu, Shen, Shen, Liu and Shao, "Deep Sketch Hashing", CVPR 2017; METHODS.md §6.4. It writes all pairs out,
    N₁ × N₂: for tests, and for small data.
    """
    wanted = 2.0 * (one.labels[:, None] == two.labels[None]) - 1.0  # (N₁, N₂)
    wanted = wanted - wanted.mean() if centred else wanted
    total = (wanted - one.codes @ two.codes.T / one.codes.shape[1]).square().sum()
    for each in (one, two):
        total = total + semantic * (each.vectors - each.codes @ words).square().sum()
        total = total + network * (each.outputs - each.codes).square().sum()
    return total


def dictionary(one: CodedItems, two: CodedItems) -> Tensor:
    """(m, K) D that minimises ‖Φ₁ − B₁ D‖² + ‖Φ₂ − B₂ D‖²; the one of least norm, where bits depend on each other."""
    gram = sum(each.codes.T @ each.codes for each in (one, two))
    cross = sum(each.codes.T @ each.vectors for each in (one, two))
    return torch.linalg.pinv(gram, hermitian=True) @ cross


def sweep(
    items: CodedItems, other: CodedItems, words: Tensor, semantic: float, network: float, centred: bool = False
) -> CodedItems:
    """Each bit of `items` in turn, set for all of them to what minimises `objective` while all else is fixed.

    In one column b of the codes the objective is −2 bᵀq plus what b does not change: b = sign(q) is exact; where q is
    0 the bit stays.

    Args:
        items: Whose codes move.
        other: Of the other modality.
        words: (m, K) D.
        semantic: λ.
        network: γ.
        centred: See `objective`.

    Raises:
        BadInputError: Codes differ in length.
    """
    bits = items.codes.shape[1]
    if other.codes.shape[1] != bits:
        raise BadInputError(f"codes of {bits} and of {other.codes.shape[1]} bits.", "give both as many.")
    codes, wanted = items.codes.clone(), wanted_sums(items.labels, other, centred)
    pull = wanted / bits + semantic * items.vectors @ words.T + network * items.outputs  # (N, m)
    tie = other.codes.T @ other.codes / bits**2 + semantic * words @ words.T  # (m, m)
    for bit in range(bits):
        rest = codes @ tie[:, bit] - codes[:, bit] * tie[bit, bit]  # (N,) what the other bits say already
        wish = pull[:, bit] - rest
        codes[:, bit] = torch.where(wish == 0, codes[:, bit], torch.where(wish > 0, 1.0, -1.0).to(codes.dtype))
    return replace(items, codes=codes)


def class_codes(labels: Tensor, codes: Tensor, classes: int) -> Tensor:
    """(C, m) D = (YᵀY + I)⁻¹ Yᵀ B for one-hot Y: the codes of each class, added up and divided by its items + 1.

    Source: the released code of GDH (Zhang et al., ECCV 2018); METHODS.md §6.5.

    Args:
        labels: (N,) int64 classes, of items of all modalities.
        codes: (N, m) numbers of ±1.
        classes: C.
    """
    sums = codes.new_zeros(classes, codes.shape[1]).index_add_(0, labels, codes)
    counts = codes.new_zeros(classes).index_add_(0, labels, torch.ones_like(codes[:, 0]))
    return sums / (counts + 1)[:, None]


def spread_signs(outputs: Tensor) -> Tensor:
    """Signs of (N, m) outputs less their mean over items, beside which a random network spreads them little."""
    return signs(outputs - outputs.mean(dim=0))


def signs(values: Tensor) -> Tensor:
    """1 where a value is above 0, else −1."""
    return torch.where(values > 0, 1.0, -1.0).to(values.dtype)
