"""Items encoded in chunks of one size, so that a code does not depend on how many items are embedded with it."""

from collections.abc import Callable

import numpy as np

CHUNK = 256
"""Rows encoded at once. Matrix products of other sizes run in other kernels, which differ in the last digits."""


def in_chunks(encode: Callable[[np.ndarray], np.ndarray], rows: np.ndarray, size: int | None = None) -> np.ndarray:
    """(N, …) → (N, …) by an `encode` that always gets `size` rows: the last chunk is filled up with zeros.

    Args:
        encode: What is applied.
        rows: (N, …) features or pixels, possibly memory-mapped.
        size: Rows of a chunk; None takes `CHUNK`.
    """
    size = size or CHUNK
    parts = []
    for start in range(0, max(1, len(rows)), size):
        part = rows[start : start + size]
        filled = np.zeros((size, *rows.shape[1:]), rows.dtype)
        filled[: len(part)] = part
        parts.append(encode(filled)[: len(part)])
    return np.concatenate(parts)
