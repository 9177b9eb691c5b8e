"""Which classes are found instead: the make-up of the top of each class's rankings."""

from dataclasses import dataclass

import numpy as np

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation import distances
from zsr_lib.evaluation.codes import check_codes
from zsr_lib.evaluation.distances import QUERY_TILE
from zsr_lib.evaluation.matching import SameKey
from zsr_lib.evaluation.ranking import absent
from zsr_lib.evaluation.retrieval import Retrieval
from zsr_lib.evaluation.sides import Side

BATCH = 8 * QUERY_TILE
"""Queries whose distances are held at once."""


@dataclass(frozen=True, eq=False)
class Confusion:
    """Shares of the gallery's classes among the top R of each query class's rankings.

    Attributes:
        queries: C names of query classes, in alphabetical order.
        gallery: G names of gallery classes: those of the queries in the same order, then all others.
        shares: (C, G) float64; rows sum to 1. The diagonal is the classes' mean R-precision.
    """

    queries: tuple[str, ...]
    gallery: tuple[str, ...]
    shares: np.ndarray


def confusion(queries: Side, gallery: Side, distance: str = "euclidean", without_query: bool = False) -> Confusion:
    """Of the top R of a query's ranking, R being the number of its relevant items, how much is of which class.

    A class's row is the mean over its queries. Items at equal distance count as in all possible orders: where a tie
    reaches across rank R, each of its items counts by the share of the tie's ranks that lie within the top R.

    Args:
        queries: Q queries with one label each.
        gallery: N gallery items with one label each.
        distance: The one that belongs to the codes.
        without_query: Take the item with the query's own id out of its gallery, for retrieval within one modality.

    Raises:
        BadInputError: Unusable codes or labels, ids that are needed but not given, or a query without a relevant item.
        UnknownNameError: Unknown distance.
    """
    relevant = SameKey(queries.labels, gallery.labels)
    retrieval = Retrieval(
        check_codes(queries.codes, gallery.codes, distance), relevant, _own_item(queries, gallery, without_query)
    )
    asked, found = (np.asarray(side.labels).astype(str) for side in (queries, gallery))
    rows = np.unique(asked)
    columns = np.concatenate([rows, np.setdiff1d(found, rows)])
    place = {name: number for number, name in enumerate(columns.tolist())}
    top = _top_shares(retrieval, np.array([place[name] for name in found.tolist()]), len(columns))
    shares = np.stack([top[asked == name].mean(axis=0) for name in rows])
    return Confusion(tuple(rows.tolist()), tuple(columns.tolist()), shares)


def _own_item(queries: Side, gallery: Side, without_query: bool) -> SameKey | None:
    if not without_query:
        return None
    purpose = "taking a query out of its gallery"
    return SameKey(queries.needed("ids", purpose), gallery.needed("ids", purpose))


def _top_shares(retrieval: Retrieval, classes: np.ndarray, count: int) -> np.ndarray:
    """(Q, count) make-up of each query's top R; `classes` are the (N,) class numbers of the gallery."""
    shares = np.empty((retrieval.codes.shape[0], count))
    for first in range(0, len(shares), BATCH):
        last = min(first + BATCH, len(shares))
        for query, row in enumerate(distances.block(retrieval.codes, first, last), start=first):
            away = retrieval.absent_columns(query)
            row[away] = absent(row.dtype)
            wanted = len(np.setdiff1d(retrieval.relevant.columns(query), away))
            if not wanted:
                raise BadInputError(
                    f"query {query} has no relevant gallery item, so that there is no top R to look at.",
                    "remove such queries, or add photos of their class.",
                )
            shares[query] = np.bincount(classes, _within(row, wanted), count) / wanted
    return shares


def _within(row: np.ndarray, wanted: int) -> np.ndarray:
    """(N,) probability of each item to stand in the first `wanted` ranks."""
    last = np.partition(row, wanted - 1)[wanted - 1]
    nearer, tied = row < last, row == last
    return nearer + tied * ((wanted - nearer.sum()) / tied.sum())
