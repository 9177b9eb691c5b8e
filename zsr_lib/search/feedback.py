"""More like this, not like this: a query that moves towards some codes and away from others.

Rocchio's formula (Rocchio 1971; Manning, Raghavan, Schütze: Introduction to Information Retrieval, 2008, section 9.1.1,
whose weights these are) in the space of a system's codes.
"""

import numpy as np

QUERY, MORE, LESS = 1.0, 0.75, 0.15


def rocchio(query: np.ndarray | None, more: np.ndarray, less: np.ndarray, distance: str) -> np.ndarray:
    """The code to search with.

    (α q + β mean(more) − γ mean(less)) / (the sum of the weights that have something to weigh): dividing leaves cosines
    as they are and makes the result independent of where a Euclidean space has its zero. Codes that are compared by the
    cosine are brought to length 1 first; bits count as ±1, and of two that are as likely the first code's is taken.

    Args:
        query: (D,) code of what was asked with; None takes the mean of `more` alone.
        more: (N, D) codes of what is wanted; at least one without a `query`.
        less: (M, D) codes of what is not.
        distance: Of the system: ``cosine``, ``euclidean`` or ``hamming``.

    Returns:
        (D,) of the kind of the codes given.
    """
    asked = more[:0] if query is None else query[None]
    parts = [(QUERY, asked), (MORE, more), (-LESS, less)]
    parts = [(weight, _comparable(codes, distance).mean(axis=0)) for weight, codes in parts if len(codes)]
    moved = sum(weight * mean for weight, mean in parts) / sum(weight for weight, _ in parts)
    if distance != "hamming":
        return moved.astype(np.float32)
    first = _comparable(np.concatenate([asked, more])[:1], distance)[0]
    return np.packbits(np.where(moved == 0, first, moved) > 0)


def _comparable(codes: np.ndarray, distance: str) -> np.ndarray:
    """(N, D) float64 that may be averaged."""
    if distance == "hamming":
        return np.unpackbits(codes, axis=1) * 2.0 - 1
    codes = codes.astype(np.float64)
    lengths = np.linalg.norm(codes, axis=1, keepdims=True) if distance == "cosine" else 1.0
    return codes / np.maximum(lengths, np.finfo(np.float32).tiny)
