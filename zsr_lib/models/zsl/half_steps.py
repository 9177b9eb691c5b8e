"""The half-steps of ZSH: for weights, rotation and bits, each exact while the others stand still.

The formula that they minimise in turn is printed in `zsr_lib.models.zsl.zsh`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zsr_lib.models.references.itq import principal_directions


@dataclass(frozen=True)
class Kernels:
    """One modality: (N, M) centred kernels, (N, M) kernels as they are, (N, r) targets; how many anchors are near."""

    centred: np.ndarray
    plain: np.ndarray
    targets: np.ndarray
    near: int = 5

    def smooth(self) -> np.ndarray:
        """(M, M) Kᵀ L K with L = I − Z Λ⁻¹ Zᵀ: Z the kernels of the nearest anchors, as shares; Λ its sums over items.

        Source: Liu, Wang, Kumar and Chang, "Hashing with graphs", ICML 2011. Without the cut to the nearest, all items
        would be neighbours of all.
        """
        count = min(self.near, self.plain.shape[1])
        least = np.partition(self.plain, -count, axis=1)[:, -count, None]  # (N, 1)
        shares = np.where(self.plain >= least, self.plain, 0.0)
        shares = shares[:, shares.any(axis=0)]  # an anchor that is nobody's neighbour joins nothing
        shares /= shares.sum(axis=1, keepdims=True)
        across = self.centred.T @ shares
        return self.centred.T @ self.centred - (across / shares.sum(axis=0)) @ across.T


def class_targets(vectors: np.ndarray, bits: int) -> np.ndarray:
    """(C, K) class vectors → (C, r) in their r ≤ bits principal directions, centred, each of length √bits."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0)
    rank = min(bits, max(1, int(np.linalg.matrix_rank(centred))))
    reduced = centred @ principal_directions(centred, rank)
    lengths = np.linalg.norm(reduced, axis=1, keepdims=True)
    return np.sqrt(bits) * reduced / np.where(lengths > 0, lengths, 1)


class Weights(NamedTuple):
    """Of the terms: α of the kernels' fit, β of the graph, ε of W."""

    kernel: float
    graph: float
    ridge: float


def best_weights(kernels: Kernels, smooth: np.ndarray, bits: np.ndarray, terms: Weights) -> np.ndarray:
    """(M, m) W that minimises α ‖K W − B‖² + β tr((K W)ᵀ L (K W)) + ε ‖W‖²; `smooth` is Kᵀ L K."""
    left = terms.kernel * kernels.centred.T @ kernels.centred + terms.graph * smooth + terms.ridge * np.eye(len(smooth))
    return np.linalg.solve(left, terms.kernel * kernels.centred.T @ bits)


def best_rotation(targets: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """(m, r) R with orthonormal columns that minimises ‖B − S Rᵀ‖² (orthogonal Procrustes problem)."""
    left, _, right = np.linalg.svd(bits.T @ targets, full_matrices=False)
    return left @ right


def best_bits(kernels: Kernels, rotation: np.ndarray, weights: np.ndarray, terms: Weights) -> np.ndarray:
    """(N, m) B of ±1 that minimises ‖B − S Rᵀ‖² + α ‖K W − B‖²: every bit for itself, exactly."""
    return np.where(kernels.targets @ rotation.T + terms.kernel * kernels.centred @ weights > 0, 1.0, -1.0)


def objective(
    kernels: Kernels, smooth: np.ndarray, rotation: np.ndarray, weights: np.ndarray, bits: np.ndarray, terms: Weights
) -> float:
    """One modality's part of what ZSH minimises."""
    said, wanted = kernels.centred @ weights, kernels.targets @ rotation.T
    fit = ((bits - wanted) ** 2).sum() + terms.kernel * ((said - bits) ** 2).sum()
    return float(fit + terms.graph * np.trace(weights.T @ smooth @ weights) + terms.ridge * (weights**2).sum())


def alternate(
    problems: Mapping[str, Kernels], bits: int, terms: Weights, rounds: int, seed: int
) -> tuple[dict[str, np.ndarray], list[float]]:
    """W of each modality, and the objective after each round; it never rises.

    Args:
        problems: Modality → what is known of its items.
        bits: Of a code.
        terms: Weights of the terms.
        rounds: Of W, R and B.
        seed: Of the rotation that B starts from.
    """
    rank = next(iter(problems.values())).targets.shape[1]
    rotation = np.linalg.qr(np.random.default_rng(seed).normal(size=(bits, rank)))[0]  # (m, r)
    codes = {name: np.where(each.targets @ rotation.T > 0, 1.0, -1.0) for name, each in problems.items()}
    smooth = {name: each.smooth() for name, each in problems.items()}
    values = []
    for _ in range(rounds):
        weights = {name: best_weights(each, smooth[name], codes[name], terms) for name, each in problems.items()}
        stacked = [np.concatenate(list(each)) for each in ((p.targets for p in problems.values()), codes.values())]
        rotation = best_rotation(*stacked)
        codes = {name: best_bits(each, rotation, weights[name], terms) for name, each in problems.items()}
        parts = (objective(p, smooth[n], rotation, weights[n], codes[n], terms) for n, p in problems.items())
        values.append(sum(parts))
    return weights, values


def distances(rows: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """(N, M) Euclidean distances of float64 rows."""
    squares = (rows**2).sum(axis=1)[:, None] + (anchors**2).sum(axis=1) - 2 * rows @ anchors.T
    return np.sqrt(squares.clip(min=0))
