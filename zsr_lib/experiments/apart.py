"""Which of two systems is better for sure: paired differences over queries, else seeds, else classes; and ranks.

Ranks are ranges. A system's first possible rank counts those that are better for sure, its last one those that are
worse for sure; two that no difference tells apart share ranks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

import numpy as np
from scipy.stats import t as student

LEVEL = 0.95
RESAMPLES = 2000
_EQUAL = 1e-12
"""Differences below are those of the last digits: such systems are the same."""


@dataclass(frozen=True)
class Evidence:
    """What is known of one system's number on a board.

    Attributes:
        mean: The number.
        queries: Query id → its part of the number, so that their mean is the number; empty where none are kept.
        seeds: Seed → mean over splits.
        classes: Class → mean over its queries, seeds and splits.
    """

    mean: float
    queries: Mapping[str, float] = field(default_factory=dict)
    seeds: Mapping[int, float] = field(default_factory=dict)
    classes: Mapping[str, float] = field(default_factory=dict)


def are_apart(one: Evidence, other: Evidence) -> bool:
    """Whether the interval (`LEVEL`) of the paired difference excludes zero.

    The difference is taken over queries where both keep the same ones (percentile bootstrap), else over the seeds that
    both have, two at least (Student's t), else over classes (Student's t). Seeds that all differ by one number say
    nothing of what another training or other queries would give, so that classes are asked then, too.
    """
    if one.queries and one.queries.keys() == other.queries.keys():
        return _excludes_zero(*_interval(_differences(one.queries, other.queries)))
    seeds = _differences(one.seeds, other.seeds)
    if len(seeds) > 1 and np.std(seeds) > _EQUAL:
        return _excludes_zero(*_by_student(seeds))
    classes = _differences(one.classes, other.classes)
    return len(classes) > 1 and _excludes_zero(*_by_student(classes))


def interval_over_queries(evidence: Evidence) -> tuple[float, float] | None:
    """The percentile bootstrap interval of a number over its queries; None where none are kept."""
    return _interval(list(evidence.queries.values())) if evidence.queries else None


def rank_ranges(
    every: Sequence[Evidence], apart: Callable[[Evidence, Evidence], bool] = are_apart
) -> list[tuple[int, int]]:
    """The first and the last rank that each of N systems may have, 1 for the best."""
    surely = [[one.mean > other.mean and apart(one, other) for other in every] for one in every]
    return [(1 + sum(row[place] for row in surely), len(every) - sum(surely[place])) for place in range(len(every))]


def _differences(one: Mapping, other: Mapping) -> list[float]:
    """One minus the other where both have a value, in the order of the first."""
    return [value - other[key] for key, value in one.items() if key in other]


def _by_student(values: Sequence[float]) -> tuple[float, float]:
    middle, half = float(np.mean(values)), _factor(len(values)) * float(np.std(values, ddof=1)) / len(values) ** 0.5
    return middle - half, middle + half


@cache
def _factor(count: int) -> float:
    return float(student.ppf((1 + LEVEL) / 2, count - 1))


def _interval(values: Sequence[float]) -> tuple[float, float]:
    means = _weights(len(values)) @ np.asarray(values, dtype=np.float64)  # (RESAMPLES,)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


@lru_cache(maxsize=2)
def _weights(count: int) -> np.ndarray:
    """(RESAMPLES, count) how often each query is drawn, over `count`: the same draws for all pairs of a board."""
    generator = np.random.default_rng(0)
    return generator.multinomial(count, np.full(count, 1 / count), size=RESAMPLES) / count


def _excludes_zero(low: float, high: float) -> bool:
    return bool(low > _EQUAL or high < -_EQUAL)
