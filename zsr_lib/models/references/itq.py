"""Iterative quantisation: a rotation that brings centred codes as near to the corners of a cube as it can.

Gong and Lazebnik, "Iterative Quantization: A Procrustean Approach to Learning Binary Codes", CVPR 2011, section 2.
"""

from typing import NamedTuple

import numpy as np

from zsr_lib.errors import BadInputError

ROUNDS = 50
"""Alternations between bits and rotation, as in the paper."""


class Quantiser(NamedTuple):
    """Centred codes → values whose signs are the bits.

    Attributes:
        projection: (D, B) float64: principal directions, then the rotation.
        errors: Mean of ``(sign(v) − v)²`` over the entries v of the rotated codes, which are scaled to a mean square
            of 1 for this (the best rotation does not depend on scale), before each round and after the last. 0: all
            codes are corners. It never rises.
    """

    projection: np.ndarray
    errors: tuple[float, ...]


def fit_itq(centred: np.ndarray, bits: int, seed: int = 0, rounds: int = ROUNDS) -> Quantiser:
    """Fits principal directions and a rotation.

    Args:
        centred: (N, D) codes of mean 0.
        bits: B, at most D.
        seed: Of the random rotation that it starts from.
        rounds: Alternations.

    Raises:
        BadInputError: More bits than the codes have numbers, or fewer than 1.
    """
    if not 1 <= bits <= centred.shape[1]:
        raise BadInputError(
            f"ITQ cannot make {bits} bits of {centred.shape[1]} numbers.",
            f"ask for 1 to {centred.shape[1]} bits, or for longer codes.",
        )
    directions = principal_directions(centred, bits)
    projected = centred @ directions
    projected /= np.sqrt((projected**2).mean()) or 1.0
    rotation = _random_rotation(bits, seed)
    errors = [_error(projected @ rotation)]
    for _ in range(rounds):
        rotation = nearest_rotation(projected, _corners(projected @ rotation))
        errors.append(_error(projected @ rotation))
    return Quantiser(directions @ rotation, tuple(errors))


def principal_directions(centred: np.ndarray, count: int) -> np.ndarray:
    """(D, count) orthonormal directions of largest variance, largest first, each with its largest entry positive."""
    from scipy.linalg import eigh

    size = centred.shape[1]
    _, vectors = eigh(centred.T @ centred, subset_by_index=(size - count, size - 1))
    vectors = vectors[:, ::-1]
    # An eigenvector's sign is the solver's choice; without a rule, bits would depend on the library's version.
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=0)[None], axis=0)
    return vectors * np.where(largest < 0, -1.0, 1.0)


def nearest_rotation(points: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """(B, B) orthogonal R with the smallest ``‖targets − points R‖²`` (orthogonal Procrustes problem).

    Source: Schönemann, "A generalized solution of the orthogonal Procrustes problem", Psychometrika 31, 1966.
    """
    left, _, right = np.linalg.svd(points.T @ targets)
    return left @ right


def _random_rotation(size: int, seed: int) -> np.ndarray:
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(size, size)))[0]


def _corners(values: np.ndarray) -> np.ndarray:
    return np.where(values > 0, 1.0, -1.0)


def _error(values: np.ndarray) -> float:
    return float(((_corners(values) - values) ** 2).mean())
