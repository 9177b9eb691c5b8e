"""Where the relevant items of each query stand in its ranking, ties included.

A metric never needs the whole ranked list: it needs the ranks that relevant items occupy. Items at equal distance share
a block of ranks; a block that holds relevant items is kept as four integers, and everything else is forgotten.
With 64-bit codes and 700 relevant items this is at most 65 blocks a query; without ties it is one block an item.
"""

from dataclasses import dataclass, replace

import numpy as np

from zsr_lib.errors import BadInputError, UnknownNameError

TIE_RULES = ("expected", "stable", "optimistic", "pessimistic")
"""What stands first among items at equal distance: every order equally likely and the mean over all of them; the lower
gallery index; the relevant items; the others."""


@dataclass(frozen=True, eq=False)
class Ranking:
    """The blocks of equal distance that hold relevant items, for q queries; blocks are in ranked order per query.

    Attributes:
        query: (G,) int64, non-decreasing: which query (0 … q − 1) each block belongs to.
        start: (G,) int64, number of gallery items ranked before the block.
        size: (G,) int64, number of gallery items in the block; the block holds ranks start + 1 … start + size.
        relevant: (G,) int64, number of relevant items in the block, 1 … size.
        before: (G,) int64, number of relevant items ranked before the block.
        total: (q,) int64, number of relevant items R of each query.
    """

    query: np.ndarray
    start: np.ndarray
    size: np.ndarray
    relevant: np.ndarray
    before: np.ndarray
    total: np.ndarray

    def __len__(self) -> int:
        return len(self.total)

    @property
    def mixed(self) -> np.ndarray:
        """(G,) bool: blocks in which the order matters, because they hold relevant items and others."""
        return self.relevant < self.size

    def under(self, ties: str) -> "Ranking":
        """The ranking with its ties broken; `expected` and `stable` rankings come out as they are.

        Raises:
            UnknownNameError: `ties` is not one of `TIE_RULES`.
        """
        check_ties(ties)
        if ties == "optimistic":
            return replace(self, size=self.relevant)
        if ties == "pessimistic":
            return replace(self, start=self.start + self.size - self.relevant, size=self.relevant)
        return self

    def sum_by_query(self, values: np.ndarray) -> np.ndarray:
        """(q,) sums of one value per block, added in ranked order so that batches cannot change them."""
        return np.bincount(self.query, weights=values, minlength=len(self))


def check_ties(ties: str) -> None:
    """Raises UnknownNameError unless `ties` is one of `TIE_RULES`."""
    if ties not in TIE_RULES:
        raise UnknownNameError("tie rule", ties, TIE_RULES)


def from_blocks(query: np.ndarray, start: np.ndarray, stop: np.ndarray, queries: int) -> Ranking:
    """Makes a ranking from one row per relevant item, rows ordered by query and then by rank.

    Args:
        query: (T,) query of each relevant item.
        start: (T,) number of gallery items strictly nearer than the item.
        stop: (T,) number of gallery items at most as far, itself included.
        queries: Number of queries q; a query without a row has R = 0.
    """
    new = np.ones(len(query), dtype=bool)
    new[1:] = (start[1:] != start[:-1]) | (query[1:] != query[:-1])
    first = np.flatnonzero(new)
    relevant = np.diff(first, append=len(query))
    total = np.bincount(query, minlength=queries)
    before = first - (np.cumsum(total) - total)[query[first]]
    return Ranking(query[first], start[first], (stop - start)[first], relevant, before, total)


def from_relevance(relevance: np.ndarray) -> Ranking:
    """A ranking without ties from relevance in ranked order.

    Args:
        relevance: (q, N) or (N,) of 0/1 or bool; column i tells whether rank i + 1 is relevant.

    Raises:
        BadInputError: Not one- or two-dimensional, or values other than 0 and 1.
    """
    rows = np.atleast_2d(np.asarray(relevance))
    if rows.ndim != 2 or not np.isin(rows, (0, 1)).all():
        raise BadInputError("relevance must be a list or a matrix of 0 and 1.", "put a threshold on graded relevance.")
    query, position = np.nonzero(rows)
    return from_blocks(query, position, position + 1, len(rows))


def from_distances(distances: np.ndarray, relevance: np.ndarray, ties: str = "expected") -> Ranking:
    """A ranking from a matrix of distances, for data small enough to hold one (see `score.evaluate` for the rest).

    Args:
        distances: (q, N) or (N,); smaller is nearer; `inf` removes an item from the gallery of that query.
        relevance: Same shape, 0/1 or bool, in gallery order.
        ties: One of `TIE_RULES`.

    Raises:
        BadInputError: Shapes differ, or a distance is NaN.
        UnknownNameError: Unknown tie rule.
    """
    check_ties(ties)
    distances, relevance = np.atleast_2d(distances), np.atleast_2d(np.asarray(relevance)).astype(bool)
    if distances.shape != relevance.shape or np.isnan(distances).any():
        raise BadInputError(
            f"distances {distances.shape} and relevance {relevance.shape} must agree and hold no NaN.",
            "give one distance and one relevance for each pair of query and gallery item.",
        )
    spans = [row_spans(row, np.flatnonzero(hits), ties) for row, hits in zip(distances, relevance, strict=True)]
    return gather(spans).under(ties)


def gather(spans: list[tuple[np.ndarray, np.ndarray]]) -> Ranking:
    """Joins the (start, stop) pairs of several queries, in order, into one ranking."""
    query = np.repeat(np.arange(len(spans)), [len(start) for start, _ in spans])
    nothing = [np.empty(0, dtype=np.int64)]
    start = np.concatenate(nothing + [start for start, _ in spans])
    stop = np.concatenate(nothing + [stop for _, stop in spans])
    return from_blocks(query, start, stop, len(spans))


def row_spans(row: np.ndarray, columns: np.ndarray, ties: str) -> tuple[np.ndarray, np.ndarray]:
    """Ranks of one query's relevant items: how many items are strictly nearer, and how many at most as far.

    Sorting the bare values and looking the relevant ones up is several times faster than an argsort of the row.

    Args:
        row: (N,) distances; the largest value of an integer type, or inf, marks items that are not in the gallery.
        columns: (R,) indices of the relevant items.
        ties: One of `TIE_RULES`; only `stable` needs more than the bare values.
    """
    own = np.sort(row[columns])
    own = own[: np.searchsorted(own, absent(row.dtype))]
    every = np.sort(row)
    start = np.searchsorted(every, own, side="left")
    stop = start + 1
    inside = stop[stop < len(every)]
    if not np.any(every[inside] == own[: len(inside)]):
        return start, stop
    if ties != "stable":
        return start, np.searchsorted(every, own, side="right")
    rank = np.empty(len(row), dtype=np.int64)
    rank[np.argsort(row, kind="stable")] = np.arange(len(row))
    start = np.sort(rank[columns])[: len(own)]
    return start, start + 1


def absent(dtype: np.dtype) -> float | int:
    """The distance that marks an item as not in the gallery: inf, or the largest integer of the type."""
    return np.inf if dtype.kind == "f" else np.iinfo(dtype).max
