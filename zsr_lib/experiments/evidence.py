"""Run records of one system → what its number on a board rests on."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import mean

import numpy as np

from zsr_lib.experiments.apart import Evidence
from zsr_lib.experiments.averages import average
from zsr_lib.reporting.per_query import PER_QUERY
from zsr_lib.reporting.run_record import RunRecord


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
