"""A second stage: what the codes rank first is ranked again by scores of pairs, too dear for a whole gallery."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.ranking import absent

Scores = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""Tokens of q queries, tokens of N gallery items and (q, K) int64 gallery rows → (q, K) scores, higher is better."""


@dataclass(frozen=True, eq=False)
class SecondStage:
    """How the first K are ranked again.

    Attributes:
        depth: K, at least 1 and at most the gallery of every query.
        scores: Scores candidates.
        queries: (Q, T, D) tokens of the queries.
        gallery: (N, T, D) tokens of the gallery.
    """

    depth: int
    scores: Scores
    queries: np.ndarray
    gallery: np.ndarray

    def applied(self, distances: np.ndarray, batch: range, relevant: Sequence[np.ndarray], ties: str) -> np.ndarray:
        """Distances that rank the first K by their scores and leave the others behind them as they were.

        Items of equal score are tied. Where a tie of codes reaches across rank K, the lower gallery indices get in
        (under ``optimistic`` the relevant ones, under ``pessimistic`` the others).

        Args:
            distances: (q, N) of the codes; `ranking.absent` marks what is not in a gallery.
            batch: Which queries they are of.
            relevant: For each of them its relevant gallery rows.
            ties: One of `ranking.TIE_RULES`.

        Returns:
            (q, N) float64.

        Raises:
            BadInputError: Scores of another shape, or such that cannot be ranked.
        """
        picked = np.stack(
            [_first(row, hits, self.depth, ties) for row, hits in zip(distances, relevant, strict=True)]
        )  # (q, K)
        scores = np.asarray(self.scores(self.queries[batch.start : batch.stop], self.gallery, picked))
        if scores.shape != picked.shape or not np.isfinite(scores).all():
            raise BadInputError(
                f"re-ranking gave scores of shape {scores.shape} for {picked.shape} candidates, or not all finite.",
                "let rerank(query_tokens, gallery_tokens, candidates) give one finite number for each candidate.",
            )
        again = np.where(distances == absent(distances.dtype), np.inf, distances.astype(np.float64))
        for row, columns, score in zip(again, picked, scores, strict=True):
            # −K … −1, before every distance: those are at least 0, but for rounding.
            row[columns] = np.unique(-score, return_inverse=True)[1] - self.depth
        return again


def _first(row: np.ndarray, relevant: np.ndarray, depth: int, ties: str) -> np.ndarray:
    """(K,) gallery rows that the codes rank first."""
    preferred = np.zeros(len(row))
    preferred[relevant] = {"optimistic": -1, "pessimistic": 1}.get(ties, 0)
    near = np.flatnonzero(row <= np.partition(row, depth - 1)[depth - 1])  # few, so that few are sorted
    return near[np.lexsort((preferred[near], row[near]))[:depth]]
