"""How sure a number is: percentile bootstrap over queries, and paired comparison of two systems.

Queries of one class succeed or fail together, so an interval over queries alone is too narrow for the question "would
this hold for other classes?". Resampling whole classes answers that question; it is the option `clusters`.
Source: Efron & Tibshirani, "An introduction to the bootstrap", 1993, ch. 13 and 15.
"""

import itertools
from typing import NamedTuple

import numpy as np

from zsr_lib.errors import BadInputError

RESAMPLES = 2000
FLIPS = 9999
_CELLS = 4_000_000  # random numbers held at a time
_EXACT_UNITS = 12


class Interval(NamedTuple):
    """Bounds of a confidence interval."""

    low: float
    high: float


class Comparison(NamedTuple):
    """Two systems on the same queries; `difference` is first minus second, `p_value` two-sided."""

    first: float
    second: float
    difference: float
    interval: Interval
    p_value: float
    queries: int


def interval(
    values: np.ndarray,
    clusters: np.ndarray | None = None,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """Percentile bootstrap interval of the mean.

    Args:
        values: (Q,) one value a query.
        clusters: (Q,) class of each query to resample whole classes; None resamples queries.
        level: Share of the bootstrap means between the bounds.
        resamples: Number of bootstrap samples.
        seed: The same seed gives the same interval.

    Raises:
        BadInputError: No values, or lengths disagree.
    """
    sums, counts = _units(values, clusters)
    generator = np.random.default_rng(seed)
    means = []
    for rows in _batches(resamples, len(sums)):
        picks = generator.integers(0, len(sums), (rows, len(sums)))
        means.append(sums[picks].sum(axis=1) / counts[picks].sum(axis=1))
    edge = (1 - level) / 2
    low, high = np.quantile(np.concatenate(means), [edge, 1 - edge])
    return Interval(float(low), float(high))


def compare(
    first: np.ndarray, second: np.ndarray, clusters: np.ndarray | None = None, level: float = 0.95, seed: int = 0
) -> Comparison:
    """Paired bootstrap interval of the mean difference, and a sign-flip permutation test of "no difference".

    Args:
        first: (Q,) values of one system.
        second: (Q,) values of the other on the same queries in the same order.
        clusters: (Q,) class of each query to resample and flip whole classes; None treats queries as independent.
        level: Of the interval.
        seed: The same seed gives the same result.

    Raises:
        BadInputError: Lengths disagree, or there are no queries.
    """
    if np.shape(first) != np.shape(second):
        raise BadInputError("the systems have different numbers of values.", "score both on the same queries.")
    difference = np.asarray(first) - np.asarray(second)
    bounds = interval(difference, clusters, level, seed=seed)
    return Comparison(
        float(np.mean(first)),
        float(np.mean(second)),
        float(difference.mean()),
        bounds,
        _sign_flip(_units(difference, clusters)[0], seed),
        len(difference),
    )


def _sign_flip(sums: np.ndarray, seed: int) -> float:
    """Two-sided p-value: how often random signs give a total at least as large; all signs when they are few."""
    observed = abs(sums.sum()) * (1 - 1e-12)
    if np.isnan(observed):  # comparisons with NaN are false, which would look like certainty
        return float("nan")
    if len(sums) <= _EXACT_UNITS:
        signs = np.array(list(itertools.product((-1, 1), repeat=len(sums))))
        return float(np.mean(np.abs(signs @ sums) >= observed))
    generator = np.random.default_rng(seed)
    extreme = sum(
        np.count_nonzero(np.abs((generator.integers(0, 2, (rows, len(sums))) * 2 - 1) @ sums) >= observed)
        for rows in _batches(FLIPS, len(sums))
    )
    return (1 + extreme) / (1 + FLIPS)


def _units(values: np.ndarray, clusters: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Sum and number of values in each unit that is resampled as a whole."""
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or not len(values) or (clusters is not None and np.shape(clusters) != values.shape):
        raise BadInputError(
            "an interval needs at least one value, and one class for each value.",
            "give one-dimensional arrays of the same length.",
        )
    if clusters is None:
        return values, np.ones(len(values))
    names, unit = np.unique(clusters, return_inverse=True)
    return np.bincount(unit, weights=values, minlength=len(names)), np.bincount(unit, minlength=len(names))


def _batches(rows: int, columns: int) -> list[int]:
    """Splits `rows` so that no batch of rows × columns is large; the generator's stream does not depend on it."""
    size = max(1, _CELLS // columns)
    return [min(size, rows - done) for done in range(0, rows, size)]
