"""Precision–recall curves."""

import numpy as np

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.cutoffs import precision, recall
from zsr_lib.evaluation.ranking import Ranking


def precision_recall_points(ranking: Ranking, cutoffs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Precision and recall at each cut-off; exact expectations when ties remain.

    Args:
        ranking: Where the relevant items of q queries stand.
        cutoffs: (K,) ranks k, each at least 1.

    Returns:
        Precision (q, K) and recall (q, K); NaN rows for queries without a relevant item.
    """
    return (
        np.stack([precision(ranking, int(cutoff)) for cutoff in cutoffs], axis=1),
        np.stack([recall(ranking, int(cutoff)) for cutoff in cutoffs], axis=1),
    )


def interpolated_precision(ranking: Ranking, levels: int = 101) -> np.ndarray:
    """The curve under which AP of flavour `voc` is the area: the best precision at each recall level or beyond.

    Args:
        ranking: Where the relevant items of q queries stand, ties broken.
        levels: Number of recall levels, evenly spaced from 0 to 1.

    Returns:
        (q, levels) precision; NaN rows for queries without a relevant item.

    Raises:
        BadInputError: Ties between relevant and other items remain (a maximum has no closed expectation).
    """
    if ranking.mixed.any():
        raise BadInputError(
            "the interpolated curve needs a ranking without ties.",
            "break them first: ranking.under('optimistic') or 'pessimistic', or rank with 'stable'.",
        )
    curve = np.full((len(ranking), levels), np.nan)
    bounds = np.searchsorted(ranking.query, np.arange(len(ranking) + 1))
    # Smallest number of hits that reaches each recall level; level 0 asks for one, the first point of the curve.
    for query in np.flatnonzero(ranking.total):
        blocks = slice(bounds[query], bounds[query + 1])
        hits = np.arange(1, ranking.total[query] + 1)
        in_block = hits - np.repeat(ranking.before[blocks], ranking.relevant[blocks])[: len(hits)]
        precisions = hits / (np.repeat(ranking.start[blocks], ranking.relevant[blocks]) + in_block)
        best = np.maximum.accumulate(precisions[::-1])[::-1]
        needed = -(-np.arange(levels) * ranking.total[query] // (levels - 1))
        curve[query] = best[np.maximum(needed, 1) - 1]
    return curve
