"""Codes of any distance as points in Euclidean space, for means and for maps."""

import numpy as np

from zsr_lib.evaluation.codes import check_codes


def as_points(codes: np.ndarray, distance: str) -> np.ndarray:
    """Codes as points of which means can be taken and whose Euclidean neighbours are those of their own distance.

    Codes compared by cosine come to unit length, bits become 0 and 1, all others stay (under ``l1``, Euclidean
    neighbours are an approximation).

    Args:
        codes: (N, D) numbers or (N, B) packed bits.
        distance: The one that belongs to the codes.

    Returns:
        (N, D) float64.

    Raises:
        BadInputError: Unusable codes.
        UnknownNameError: Unknown distance.
    """
    return _points(check_codes(codes, codes, distance).queries, distance)


def points_of_both(first: np.ndarray, second: np.ndarray, distance: str) -> tuple[np.ndarray, np.ndarray]:
    """`as_points` of codes that must be of one kind: (N, D) and (M, D) float64.

    Raises:
        BadInputError: Unusable codes, or sizes differ.
        UnknownNameError: Unknown distance.
    """
    codes = check_codes(first, second, distance)
    return _points(codes.queries, distance), _points(codes.gallery, distance)


def _points(checked: np.ndarray, distance: str) -> np.ndarray:
    points = (np.unpackbits(checked, axis=1) if distance == "hamming" else checked).astype(np.float64)
    return points / np.linalg.norm(points, axis=1, keepdims=True) if distance == "cosine" else points
