"""Metrics that count hits near the top: P@k, recall@k, R-precision, Acc@k, nDCG@k and the mean of precisions.

All but Acc@k are sums over ranks, so their expectation under random ties is the sum with each block's relevant items
spread evenly over its ranks. Acc@k is one minus the probability to draw no relevant item, which is hypergeometric.
Every function takes a `Ranking` of q queries and returns (q,) float64, NaN for a query without a relevant item.
"""

import numpy as np

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.ranking import Ranking

P_DENOMINATORS = ("k", "min_r_k")
LAST_RANK = 10**9
MOST_CUTOFFS = 1000
"""Precisions that `mean_precision` averages at the most."""


def expected_hits(ranking: Ranking, cutoff: np.ndarray | int) -> np.ndarray:
    """(q,) expected number of relevant items in the first `cutoff` (scalar or (q,)) ranks."""
    return ranking.sum_by_query(ranking.relevant * seen(ranking, cutoff) / ranking.size)


def precision(ranking: Ranking, cutoff: int, denominator: str = "k") -> np.ndarray:
    """P@k: the share of relevant items in the first k ranks.

    Args:
        ranking: Where the relevant items stand.
        cutoff: k, at least 1. A gallery smaller than k is not stretched: the missing ranks count as misses.
        denominator: `k` looks at k ranks (SEM-PCYC, SAKE); `min_r_k` looks at min(R, k) ranks only, so that a perfect
            ranking scores 1 (ZSE-SBIR, MLAGT).

    Raises:
        BadInputError: Bad cut-off.
        UnknownNameError: Unknown denominator.
    """
    check_cutoff(cutoff)
    if denominator not in P_DENOMINATORS:
        raise UnknownNameError("P denominator", denominator, P_DENOMINATORS)
    ranks = np.minimum(ranking.total, cutoff) if denominator == "min_r_k" else np.full(len(ranking), cutoff)
    return divide(expected_hits(ranking, ranks), ranks, ranking)


def recall(ranking: Ranking, cutoff: int) -> np.ndarray:
    """recall@k: the share of the R relevant items that stand in the first k ranks."""
    check_cutoff(cutoff)
    return divide(expected_hits(ranking, cutoff), ranking.total, ranking)


def r_precision(ranking: Ranking) -> np.ndarray:
    """R-precision: precision in the first R ranks, where it equals recall."""
    return divide(expected_hits(ranking, ranking.total), ranking.total, ranking)


def accuracy(ranking: Ranking, cutoff: int) -> np.ndarray:
    """Acc@k: the probability that at least one relevant item stands in the first k ranks.

    With one relevant item a query (the paired photo of fine-grained retrieval) it equals recall@k.
    """
    check_cutoff(cutoff)
    ahead = seen(ranking, cutoff)
    # Only a query's first block matters: when it is passed without a hit, nothing relevant came before.
    first = ranking.before == 0
    log_miss = log_choose((ranking.size - ranking.relevant)[first], ahead[first])
    miss = np.exp(log_miss - log_choose(ranking.size[first], ahead[first]))
    found = np.full(len(ranking), np.nan)
    found[ranking.query[first]] = 1 - miss
    return found


def ndcg(ranking: Ranking, cutoff: int | None = None) -> np.ndarray:
    """nDCG@k with gain 1 and discount 1 / log2(1 + rank), divided by the best value that R items can reach.

    Source: Järvelin & Kekäläinen, "Cumulated gain-based evaluation of IR techniques", TOIS 2002.

    Args:
        ranking: Where the relevant items stand.
        cutoff: k, or None for the whole gallery.
    """
    check_cutoff(cutoff)
    ahead = seen(ranking, cutoff)
    longest = int(max((ranking.start + ranking.size).max(initial=0), ranking.total.max(initial=0)))
    discount = np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(2, longest + 2)))])
    mass = discount[ranking.start + ahead] - discount[ranking.start]
    gained = ranking.sum_by_query(ranking.relevant / ranking.size * mass)
    best = discount[ranking.total if cutoff is None else np.minimum(ranking.total, cutoff)]
    return divide(gained, best, ranking)


def mean_precision(ranking: Ranking, last: int, step: int = 10) -> np.ndarray:
    """The mean of P@step, P@2·step, …, P@last, which some released evaluators print as "mAP"; for comparison only.

    Raises:
        BadInputError: `last` is no multiple of `step`, or more than `MOST_CUTOFFS` steps away.
    """
    check_cutoff(last)
    if last % step:
        raise BadInputError(f"the last cut-off {last} is not a multiple of {step}.", f"use a multiple of {step}.")
    if last > MOST_CUTOFFS * step:
        raise BadInputError(f"the last cut-off {last} is too large.", f"use {MOST_CUTOFFS * step} or less.")
    return np.mean([precision(ranking, cutoff) for cutoff in range(step, last + 1, step)], axis=0)


def seen(ranking: Ranking, cutoff: np.ndarray | int | None) -> np.ndarray:
    """(G,) how many ranks of each block lie within the first `cutoff` (a scalar, one a query, or None for all)."""
    if cutoff is None:
        return ranking.size
    limit = np.broadcast_to(cutoff, len(ranking))[ranking.query]
    return np.clip(limit - ranking.start, 0, ranking.size)


def divide(value: np.ndarray, by: np.ndarray | int, ranking: Ranking) -> np.ndarray:
    """(q,) `value / by`, NaN where the query has no relevant item."""
    out = np.full(len(ranking), np.nan)
    return np.divide(value, by, out=out, where=ranking.total > 0)


def log_choose(items: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """The logarithm of "items choose drawn", −inf where more are drawn than there are."""
    from scipy.special import gammaln

    spare = items - drawn
    logarithm = gammaln(items + 1) - gammaln(drawn + 1) - gammaln(np.maximum(spare, 0) + 1)
    return np.where(spare < 0, -np.inf, logarithm)


def check_cutoff(cutoff: int | None) -> None:
    """Raises BadInputError unless `cutoff` is None or a whole number from 1 to `LAST_RANK`."""
    if cutoff is not None and (int(cutoff) != cutoff or not 1 <= cutoff <= LAST_RANK):
        raise BadInputError(
            f"the cut-off {cutoff} is not a rank.", f"use a whole number from 1 to {LAST_RANK}, or 'all'."
        )
