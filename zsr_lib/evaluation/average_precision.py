"""Average precision in every flavour in use, with its exact expectation under random ties.

Five published definitions share the name "mAP@200"; they differ in the flavour (`std` sums the precision at each
relevant item, `voc` first replaces it by the best precision at that recall or later) and in what the sum is divided by.
"""

import itertools
import math

import numpy as np

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.cutoffs import check_cutoff, divide, expected_hits, log_choose, seen
from zsr_lib.evaluation.ranking import Ranking

FLAVOURS = ("std", "voc")
DENOMINATORS = ("rel_in_k", "min_r_k", "k", "r")
"""What the sum of precisions is divided by: the relevant items found in the top k, min(R, k), k, or R."""
MOST_ORDERS = 2000
"""Orders of tied items that the expectation of a `voc` metric enumerates for one query before it is refused."""


def average_precision(
    ranking: Ranking, cutoff: int | None = None, denominator: str = "r", flavour: str = "std"
) -> np.ndarray:
    """AP: the mean precision at the ranks of relevant items.

    `std` is (1/D) Σ_{i ≤ k} rel_i P@i. `voc` replaces P@i by max_{i ≤ j ≤ k} P@j, the area under the interpolated
    precision–recall curve (Everingham et al., "The PASCAL visual object classes challenge", IJCV 2010, §4.2).

    Args:
        ranking: Where the relevant items stand. Remaining ties mean the expectation over all orders of tied items.
        cutoff: k, or None for the whole gallery (then every denominator but `k` is R).
        denominator: D, one of `DENOMINATORS`; with `rel_in_k` a query without a hit in the top k scores 0.
        flavour: `std` or `voc`.

    Returns:
        (q,) float64 in [0, 1]; NaN for a query without a relevant item.

    Raises:
        BadInputError: Bad cut-off, `k` without a cut-off, or `voc` with more tied orders than can be enumerated.
        UnknownNameError: Unknown flavour or denominator.
    """
    check_cutoff(cutoff)
    if denominator not in DENOMINATORS:
        raise UnknownNameError("AP denominator", denominator, DENOMINATORS)
    if flavour not in FLAVOURS:
        raise UnknownNameError("AP flavour", flavour, FLAVOURS)
    if cutoff is None and denominator == "k":
        raise BadInputError("AP over the whole gallery has no k to divide by.", "name a cut-off, or use 'r'.")
    if flavour == "voc":
        return _interpolated(ranking, cutoff, denominator)
    if denominator == "rel_in_k" and cutoff is not None:
        return _over_found(ranking, cutoff)
    mass = ranking.sum_by_query(_expected_mass(ranking, seen(ranking, cutoff)))
    return divide(mass, _divisor(ranking.total, cutoff, denominator), ranking)


def _divisor(total: np.ndarray, cutoff: int | None, denominator: str) -> np.ndarray:
    """The denominators that are known before the ranking is."""
    if cutoff is None or denominator == "r":
        return total
    return np.minimum(total, cutoff) if denominator == "min_r_k" else np.full_like(total, cutoff)


def _expected_mass(ranking: Ranking, ahead: np.ndarray) -> np.ndarray:
    """(G,) expected sum of rel_i P@i over the first `ahead` ranks of each block."""
    return _block_mass(ranking.start, ranking.size, ranking.before, ranking.relevant, ahead)


def _block_mass(
    start: np.ndarray, size: np.ndarray, before: np.ndarray, relevant: np.ndarray, ahead: np.ndarray
) -> np.ndarray:
    """Expected Σ rel_i P@i over the first m = `ahead` ranks of blocks in random order.

    Rank s + t is relevant with probability r / n; then each of the t − 1 ranks above it in the block is relevant with
    probability a = (r − 1) / (n − 1), so the precision there is (c + 1 + (t − 1) a) / (s + t) in expectation.
    Summed over t = 1 … m with harmonic numbers H: (r / n) (m a + (c + 1 − a (s + 1)) (H_{s+m} − H_s)).
    """
    again = (relevant - 1) / np.maximum(size - 1, 1)
    stop = start + ahead
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, int(stop.max(initial=0)) + 1))])
    # A difference of harmonic numbers would lose the last digits of blocks of one.
    reciprocals = np.where(size == 1, ahead / (start + 1), harmonic[stop] - harmonic[start])
    return relevant / size * (ahead * again + (before + 1 - again * (start + 1)) * reciprocals)


def _over_found(ranking: Ranking, cutoff: int) -> np.ndarray:
    """AP@k divided by the relevant items found in the top k, a ratio of two random variables when ties cross rank k.

    Only one block can cross rank k. Given that x of its relevant items come before the cut, those x are in random order
    among its m ranks there, so the numerator's expectation is known; x itself is hypergeometric.
    """
    ahead = seen(ranking, cutoff)
    crossing = (ahead > 0) & (ahead < ranking.size) & ranking.mixed
    mass = ranking.sum_by_query(np.where(crossing, 0.0, _expected_mass(ranking, ahead)))
    found = expected_hits(ranking, cutoff)
    value = divide(mass, np.maximum(found, 1), ranking)
    for block in np.flatnonzero(crossing):
        query = ranking.query[block]
        value[query] = _crossing_mean(ranking, block, int(ahead[block]), mass[query])
    return value


def _crossing_mean(ranking: Ranking, block: int, ahead: int, mass: float) -> float:
    """E[(mass + X's part) / (before + X)] over the number X of relevant items that the cut leaves in the top."""
    start, size = ranking.start[block], ranking.size[block]
    before, relevant = ranking.before[block], ranking.relevant[block]
    found = np.arange(max(0, ahead - (size - relevant)), min(relevant, ahead) + 1)
    chance = np.exp(log_choose(relevant, found) + log_choose(size - relevant, ahead - found) - log_choose(size, ahead))
    cut = np.full_like(found, ahead)
    part = _block_mass(np.full_like(found, start), cut, np.full_like(found, before), found, cut)
    return float(np.sum(chance * np.where(found > 0, mass + part, mass) / np.maximum(before + found, 1)))


def _interpolated(ranking: Ranking, cutoff: int | None, denominator: str) -> np.ndarray:
    """AP of flavour `voc`, query by query."""
    value = np.full(len(ranking), np.nan)
    bounds = np.searchsorted(ranking.query, np.arange(len(ranking) + 1))
    for query in np.flatnonzero(ranking.total):
        blocks = slice(bounds[query], bounds[query + 1])
        orders = _orders(ranking.start[blocks], ranking.size[blocks], ranking.relevant[blocks], cutoff)
        total = ranking.total[query]
        value[query] = np.mean([_one_interpolated(order, cutoff, denominator, total) for order in orders])
    return value


def _orders(start: np.ndarray, size: np.ndarray, relevant: np.ndarray, cutoff: int | None) -> list[np.ndarray]:
    """Every equally likely list of the relevant items' positions (0-based); one list when ties do not matter.

    Raises:
        BadInputError: There are more than `MOST_ORDERS`.
    """
    mixed = np.flatnonzero((relevant < size) & (start < (cutoff or np.inf)))
    held = np.setdiff1d(np.arange(len(start)), mixed)
    offset = np.arange(relevant[held].sum()) - np.repeat(np.cumsum(relevant[held]) - relevant[held], relevant[held])
    fixed = np.repeat(start[held], relevant[held]) + offset
    if not len(mixed):
        return [fixed]
    if math.prod(math.comb(int(size[block]), int(relevant[block])) for block in mixed) > MOST_ORDERS:
        raise BadInputError(
            "the interpolated AP ('voc') has no closed expectation under ties, and a query has too "
            "many tied orders to go through one by one.",
            "choose the tie rule 'stable', or report 'optimistic' and 'pessimistic', which bound it; "
            "'std' metrics have an exact expectation.",
        )
    choices = [
        itertools.combinations(range(start[block], start[block] + size[block]), int(relevant[block])) for block in mixed
    ]
    return [np.sort(np.concatenate([fixed, *map(np.array, pick)])) for pick in itertools.product(*choices)]


def _one_interpolated(positions: np.ndarray, cutoff: int | None, denominator: str, total: int) -> float:
    """AP of flavour `voc` of one list of relevant positions (0-based, ascending)."""
    kept = positions if cutoff is None else positions[: np.searchsorted(positions, cutoff)]
    precisions = np.arange(1, len(kept) + 1) / (kept + 1)
    best = np.maximum.accumulate(precisions[::-1]).sum()
    divisor = {"rel_in_k": max(len(kept), 1), "r": total, "k": cutoff, "min_r_k": min(total, cutoff or total)}
    return best / divisor[denominator]
