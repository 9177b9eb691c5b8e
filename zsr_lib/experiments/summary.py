"""Run records → tables: which runs may stand under each other, which make one row, chance and oracle."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from zsr_lib.errors import UnknownNameError
from zsr_lib.evaluation.leaks import LABELS
from zsr_lib.evaluation.protocols import second_stage
from zsr_lib.experiments.averages import Value, average, families, limits, picked, row_label, sizes
from zsr_lib.experiments.beside import listed, numbers_beside
from zsr_lib.reporting.published import Number
from zsr_lib.reporting.run_record import RunRecord


@dataclass(frozen=True)
class Row:
    """One system of a table.

    Attributes:
        experiment: Name of the experiment.
        title: In words.
        label: Variant, grid point and command-line overrides that set it apart, as one text; often empty.
        profile: ``quick``, ``full`` or empty.
        method: The registered system.
        distance: Between its codes, as they were compared: its own unless it was scored by another.
        rerank: How many that its codes rank first it ranks again.
        audit: The leak audit's label, the worst that one of its runs has (`zsr_lib.evaluation.leaks.LABELS`).
        runs: Number of runs behind the row.
        code: Checksums of the library's sources that made them.
        values: Group → metric → value; None where the group lacks a split.
    """

    experiment: str
    title: str
    label: str
    profile: str
    method: str
    distance: str
    rerank: int
    audit: str
    runs: int
    code: tuple[str, ...]
    values: dict[str, dict[str, Value | None]]


@dataclass(frozen=True)
class Block:
    """Rows that may stand under each other: same data, direction, protocol and groups of splits.

    Attributes:
        dataset: Name of the data set.
        checksum: Of the data set.
        direction: What is retrieved by what.
        protocol: Its full name without distance and depth of re-ranking, which belong to the system.
        groups: Group name → splits, by the name that also says whether one is reduced.
        sizes: Group name → numbers of queries and of gallery items, each sorted.
        metrics: Full names, in the order in which they were first asked for; then measures.
        rows: The systems.
        chance: Group → metric → what a random ranking scores.
        oracle: Group → metric → the best that any ranking could score.
        published: Other people's numbers that an experiment lists in full, as plain mappings.
        numbers: Published numbers on the same data set, in the same direction, on what may be the same splits.
    """

    dataset: str
    checksum: str
    direction: str
    protocol: str
    groups: dict[str, tuple[str, ...]]
    sizes: dict[str, tuple[list[int], list[int]]]
    metrics: tuple[str, ...]
    rows: tuple[Row, ...]
    chance: dict[str, dict[str, float | None]]
    oracle: dict[str, dict[str, float | None]]
    published: tuple[dict[str, Any], ...]
    numbers: tuple[Number, ...]


def current(records: Iterable[RunRecord]) -> tuple[list[RunRecord], dict[str, int]]:
    """The records of each experiment's newest configuration, and how many earlier ones each experiment has.

    Editing an experiment file leaves runs of the former configuration behind; they must not enter a mean.
    """
    kept, left_out = [], defaultdict(int)
    for family in families(list(records)):
        newest = max(family, key=lambda record: record.finished).variant
        kept += [record for record in family if record.variant == newest]
        if old := sum(record.variant != newest for record in family):
            left_out[family[0].experiment] += old
    return kept, dict(left_out)


def blocks_of(
    records: Iterable[RunRecord],
    metrics: Collection[str] = (),
    directions: Collection[str] = (),
    beside: Collection[str] = (),
    measures: Collection[str] = (),
) -> list[Block]:
    """The tables that records make.

    Args:
        records: Of one configuration an experiment, as `current` gives them.
        metrics: Only these; all when empty.
        directions: Only these; all when empty.
        beside: Data sets whose blocks get all published numbers that belong there, instead of those of the systems that
            their experiments name.
        measures: Named numbers of the fits, which become columns, too.

    Raises:
        UnknownNameError: No record has such a measure.
    """
    records = list(records)
    known = dict.fromkeys(name for record in records for name in record.named_numbers)
    for name in measures:
        if name not in known:
            raise UnknownNameError("measure of these runs", name, known)
    groups = defaultdict(list)
    for record in records:
        for direction in record.results:
            if not directions or direction in directions:
                groups[_block_key(record, direction)].append(record)
    return [
        _block(members, direction, protocol, metrics, tuple(measures), members[0].dataset in beside)
        for (_, direction, protocol, _), members in groups.items()
    ]


def _block_key(record: RunRecord, direction: str) -> tuple[str, str, str, str]:
    data = f"{record.dataset} {record.dataset_checksum} {record.setting['data']['reduced']}"
    return data, direction, shared_protocol(record, direction), json.dumps(record.groups)


def shared_protocol(record: RunRecord, direction: str) -> str:
    """The protocol's name without distance and depth of re-ranking, which belong to the system."""
    told = record.results[direction]["protocol"]
    of_the_system = (told["distance"], second_stage(depth_of(record, direction)))
    return "; ".join(part for part in told["name"].split("; ") if part not in of_the_system)


def depth_of(record: RunRecord, direction: str) -> int:
    """How many are ranked again; records of before it could be asked for do not say."""
    return record.results[direction]["protocol"].get("rerank", 0)


def _block(
    records: Sequence[RunRecord],
    direction: str,
    protocol: str,
    wanted: Collection[str],
    measures: tuple[str, ...],
    every_system: bool,
) -> Block:
    groups = records[0].groups
    names = {record.split: record.task["split"] for record in records}
    metrics = dict.fromkeys(name for record in records for name in record.results[direction]["metrics"])
    metrics = (*(name for name in metrics if not wanted or name in wanted), *measures)
    return Block(
        dataset=records[0].dataset,
        checksum=records[0].dataset_checksum,
        direction=direction,
        protocol=protocol,
        groups={group: tuple(names.get(split, split) for split in splits) for group, splits in groups.items()},
        sizes={group: sizes(records, splits, direction) for group, splits in groups.items()},
        metrics=metrics,
        rows=tuple(_row(family, direction, metrics) for family in families(records)),
        chance=limits(records, direction, metrics, "chance"),
        oracle=limits(records, direction, metrics, "oracle"),
        published=listed(records, direction),
        numbers=numbers_beside(records, direction, every_system),
    )


def _row(records: Sequence[RunRecord], direction: str, metrics: Sequence[str]) -> Row:
    first = records[0]
    return Row(
        experiment=first.experiment,
        title=first.title,
        label=", ".join(filter(None, [row_label(first), picked({record.seed for record in records})])),
        profile=first.profile,
        method=first.setting["method"],
        distance=first.results[direction]["protocol"]["distance"],
        rerank=depth_of(first, direction),
        audit=max((record.audit["label"] for record in records), key=LABELS.index),
        runs=len(records),
        code=tuple(sorted({record.provenance.code["library"] for record in records})),
        values={
            group: {metric: average(records, splits, direction, metric) for metric in metrics}
            for group, splits in first.groups.items()
        },
    )
