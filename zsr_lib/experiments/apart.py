"""Which of two systems is better for sure: paired differences over queries, else seeds, else classes; and ranks.

Ranks are ranges. A system's first possible rank counts those that are better for sure, its last one those that are
worse for sure; two that no difference tells apart share ranks.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from statistics import mean

import numpy as np
from scipy.stats import t as student

from zsr_lib.experiments.averages import average
from zsr_lib.reporting.per_query import PER_QUERY
from zsr_lib.reporting.run_record import RunRecord

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


def evidence_of(records: Sequence[RunRecord], direction: str, metric: str) -> Evidence:
    """What the runs of one system say of a metric: its mean over splits of means over seeds, and its parts."""
    by_split: dict[str, dict[int, RunRecord]] = defaultdict(dict)
    for record in records:
        by_split[record.split][record.seed] = record
    found = average(records, tuple(by_split), direction, metric)
    numbers = {split: _numbers(seeds, direction, metric) for split, seeds in by_split.items()}
    complete = sorted(set.intersection(*map(set, numbers.values())))
    per_class: dict[str, list[float]] = defaultdict(list)
    for record in records:
        for name, value in record.results[direction]["per_class"].get(metric, {}).items():
            per_class[name].append(value)
    return Evidence(
        mean=found.mean if found else float("-inf"),
        queries=_queries(by_split, direction, metric),
        seeds={seed: mean(seeds[seed] for seeds in numbers.values()) for seed in complete},
        classes={name: mean(values) for name, values in per_class.items() if None not in values},
    )


def _numbers(runs: Mapping[int, RunRecord], direction: str, metric: str) -> dict[int, float]:
    """Seed → the metric, where it has a value."""
    found = {seed: record.results[direction]["metrics"].get(metric) for seed, record in runs.items()}
    return {seed: value for seed, value in found.items() if value is not None}


def _queries(by_split: Mapping[str, Mapping[int, RunRecord]], direction: str, metric: str) -> dict[str, float]:
    """Query id → its part of the mean over splits of means over seeds; empty where not all runs keep their values."""
    parts: dict[str, float] = defaultdict(float)
    for seeds in by_split.values():
        for record in seeds.values():
            if PER_QUERY not in record.files:
                return {}
            kept = record.per_query(direction)
            if metric not in kept:
                return {}
            counted = np.isfinite(kept[metric])
            share = 1 / (counted.sum() * len(seeds) * len(by_split))
            for name, value in zip(kept["ids"][counted].tolist(), kept[metric][counted].tolist(), strict=True):
                parts[name] += share * value
    return {name: part * len(parts) for name, part in parts.items()}


def stored_interval(records: Sequence[RunRecord], direction: str, metric: str) -> tuple[float, float] | None:
    """What the only run of a system notes; without the queries' values intervals of several runs cannot be joined."""
    bounds = records[0].results[direction].get("interval", {}).get(metric) if len(records) == 1 else None
    return None if bounds is None or None in bounds else (bounds[0], bounds[1])
