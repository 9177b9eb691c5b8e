"""Run records that make one row of a table, and means over their splits and seeds, with their spread."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from zsr_lib.experiments.reading import point_text
from zsr_lib.reporting.from_runs import FromRuns, runs_of
from zsr_lib.reporting.run_record import RunRecord


@dataclass(frozen=True)
class Value:
    """One number of a table.

    Attributes:
        mean: Over the splits of a group, of the means over seeds.
        sd_seeds: Sample standard deviation over seeds of the mean over splits; None for one seed.
        sd_splits: Sample standard deviation over splits of the mean over seeds; None for one split.
        seeds: Seeds that have every split of the group.
        splits: Splits of the group.
    """

    mean: float
    sd_seeds: float | None
    sd_splits: float | None
    seeds: int
    splits: int


def families(records: Sequence[RunRecord]) -> list[list[RunRecord]]:
    """The records of each row; experiments in the order they come in, each one's rows in the order they were run."""
    found = defaultdict(list)
    for record in records:
        found[_family(record)].append(record)
    order = list(dict.fromkeys(record.experiment for record in records))

    def place(family: list[RunRecord]) -> tuple[int, str]:
        """Where a family stands among all."""
        return order.index(family[0].experiment), min(record.finished for record in family)

    return sorted(found.values(), key=place)


def row_label(record: RunRecord) -> str:
    """Variant, grid point and command-line overrides that set a row apart, as one text; often empty.

    Which splits were asked for does not: a table says its own.
    """
    overrides = (each for each in record.overrides if each.partition("=")[0] not in ("groups", "splits"))
    return ", ".join(filter(None, [point_text(record.point), *overrides]))


def average(records: Sequence[RunRecord], splits: Sequence[str], direction: str, metric: str) -> Value | None:
    """One system's value for a group of splits; None if a split has no run, or a run has no such number.

    Args:
        records: Of one system.
        splits: Of the group.
        direction: What is retrieved by what.
        metric: A metric's full name, or a measure's.
    """
    found: dict[str, dict[int, float]] = {split: {} for split in splits}
    runs: list[str] = []
    for record in records:
        number = record.results[direction]["metrics"].get(metric, record.named_numbers.get(metric))
        if record.split in found and number is not None:
            found[record.split][record.seed] = float(number)
            runs += runs_of(number)
    if not all(found.values()):
        return None
    by_split = [_mean(seeds.values()) for seeds in found.values()]
    complete = sorted(set.intersection(*(set(seeds) for seeds in found.values())))
    by_seed = [_mean([seeds[seed] for seeds in found.values()]) for seed in complete]
    return Value(FromRuns(_mean(by_split), runs), _sd(by_seed), _sd(by_split), len(complete), len(splits))


def limits(
    records: Sequence[RunRecord], direction: str, metrics: Sequence[str], which: str
) -> dict[str, dict[str, float | None]]:
    """Group → metric → `limit`."""
    return {
        group: {metric: limit(records, splits, direction, metric, which) for metric in metrics}
        for group, splits in records[0].groups.items()
    }


def limit(records: Sequence[RunRecord], splits: Sequence[str], direction: str, metric: str, which: str) -> float | None:
    """The mean of ``chance`` or ``oracle`` over a group's splits; None if a split has no run."""
    found = {}
    for record in records:
        number = record.results[direction][which].get(metric)
        if record.split in splits and number is not None:
            found[record.split] = number
    return _mean(found.values()) if len(found) == len(splits) else None


def sizes(records: Sequence[RunRecord], splits: Sequence[str], direction: str) -> tuple[list[int], list[int]]:
    """Numbers of counted queries and of gallery items that occur in a group, each ascending."""
    told = [record.results[direction]["protocol"] for record in records if record.split in splits]
    return sorted({each["queries_counted"] for each in told}), sorted({each["gallery"] for each in told})


def picked(seeds: Collection[int]) -> str:
    """Seeds by name where they are not the first ones: somebody has chosen among them."""
    found = sorted(seeds)
    return "" if found == list(range(len(found))) else f"seeds {', '.join(map(str, found))}"


def _mean(numbers: Collection[float]) -> float:
    """The exact mean, which takes its time: most rows have one seed, most groups one split."""
    return mean(numbers) if len(numbers) > 1 else next(iter(numbers))


def _sd(numbers: Sequence[float]) -> float | None:
    return stdev(numbers) if len(numbers) > 1 else None


def _family(record: RunRecord) -> str:
    same = [record.experiment, record.profile, record.overrides, record.point, record.dataset_checksum]
    return json.dumps(same, sort_keys=True)
