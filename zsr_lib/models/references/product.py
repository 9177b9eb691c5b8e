"""Product quantisation: a code is cut into parts, and of each part the number of the nearest of 256 centres is kept.

Jégou, Douze and Schmid, "Product Quantization for Nearest Neighbor Search", IEEE TPAMI 33(1), 2011, sections 2 and 3.
Where the number of parts does not divide that of the numbers, zeros are appended, which change no distance.
"""

import numpy as np
from sklearn.cluster import KMeans

from zsr_lib.errors import BadInputError

CENTRES = 256
"""Centres of a part: as many as a byte can tell apart."""
ROUNDS = 25
"""Most rounds of k-means."""


def fit_centres(points: np.ndarray, parts: int, seed: int = 0, centres: int = CENTRES) -> np.ndarray:
    """Fits the centres of each part by k-means.

    Args:
        points: (N, D); fewer than `centres` points make as many centres as there are points.
        parts: m, at most D: the bytes of a code.
        seed: Of where k-means starts.
        centres: k of a part, at most 256.

    Returns:
        (m, k, ⌈D / m⌉) float32.

    Raises:
        BadInputError: More parts than the points have numbers, or more centres than a byte tells apart.
    """
    if not 1 <= parts <= points.shape[1] or not 1 <= centres <= CENTRES:
        raise BadInputError(
            f"codes of {points.shape[1]} numbers cannot be cut into {parts} parts of {centres} centres.",
            f"ask for 1 to {points.shape[1]} parts (bytes) of 1 to {CENTRES} centres, or for longer codes.",
        )
    cut = _cut(points.astype(np.float64), parts)  # (m, N, d); in float32, last digits would lead to other centres
    fitted = [
        KMeans(min(centres, len(points)), n_init=1, max_iter=ROUNDS, random_state=seed + part).fit(each)
        for part, each in enumerate(cut)
    ]
    return np.stack([each.cluster_centers_ for each in fitted]).astype(np.float32)


def nearest_centres(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(N, m) uint8: of each part the number of its nearest centre, the first of those that are equally near."""
    return np.stack(
        [_squared(part, each).argmin(axis=1) for part, each in zip(_cut(points, len(centres)), centres, strict=True)],
        axis=1,
    ).astype(np.uint8)


def looked_up(codes: np.ndarray, centres: np.ndarray, size: int) -> np.ndarray:
    """(N, D) float32 points that (N, m) codes stand for: their centres, side by side.

    Args:
        codes: (N, m) uint8.
        centres: (m, k, d).
        size: D.
    """
    return np.concatenate([each[codes[:, part]] for part, each in enumerate(centres)], axis=1)[:, :size]


def asymmetric_distances(queries: np.ndarray, codes: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(Q, N) squared Euclidean distances of points that were kept whole to those that codes stand for.

    A table of the distances of a query's parts to all centres is made first; each code then costs m look-ups (equation
    13 of the paper).

    Args:
        queries: (Q, D).
        codes: (N, m) uint8.
        centres: (m, k, d).
    """
    distances = np.zeros((len(queries), len(codes)), np.float32)
    for part, each in enumerate(_cut(queries, len(centres))):
        table = _squared(each, centres[part]).astype(np.float32)  # (Q, k)
        distances += table[:, codes[:, part]]
    return distances


def _cut(points: np.ndarray, parts: int) -> np.ndarray:
    """(N, D) → (m, N, d)."""
    points = np.pad(points, ((0, 0), (0, -points.shape[1] % parts)))
    return np.ascontiguousarray(points.reshape(len(points), parts, -1).swapaxes(0, 1))


def _squared(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(N, k) squared distances, in float64."""
    points, centres = points.astype(np.float64), centres.astype(np.float64)
    squares = (points**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)
    return np.maximum(squares - 2 * points @ centres.T, 0)
