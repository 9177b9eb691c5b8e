"""Codes of features in chunks of one size, so that a code does not depend on how many items are embedded with it."""

from collections.abc import Callable

import numpy as np

CHUNK = 256
"""Rows encoded at once. Matrix products of other sizes run in other kernels, which differ in the last digits."""


def in_chunks(encode: Callable[[np.ndarray], np.ndarray], rows: np.ndarray) -> np.ndarray:
    """(N, D) → (N, K) by an `encode` that always gets (`CHUNK`, D): the last chunk is filled up with zeros."""
    parts = []
    for start in range(0, max(1, len(rows)), CHUNK):
        part = rows[start : start + CHUNK]
        filled = np.zeros((CHUNK, rows.shape[1]), rows.dtype)
        filled[: len(part)] = part
        parts.append(encode(filled)[: len(part)])
    return np.concatenate(parts)
