"""Run records → boards: everybody on the same data, splits, direction and protocol, in order, with ranks.

Unlike a table (`zsr_lib.experiments.summary`), a board has the systems of all experiments.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zsr_lib.evaluation.leaks import LABELS
from zsr_lib.experiments.agreement import check_agree, check_called
from zsr_lib.experiments.apart import Evidence, evidence_of, interval_over_queries, rank_ranges, stored_interval
from zsr_lib.experiments.averages import Value, average, families, limit, row_label, sizes
from zsr_lib.experiments.beside import numbers_beside
from zsr_lib.experiments.credentials import league_of
from zsr_lib.experiments.summary import shared_protocol
from zsr_lib.reporting.published import Number
from zsr_lib.reporting.run_record import RunRecord
from zsr_lib.reporting.sound import check_sound

FIRST = "AP@all/std"
"""What boards are ordered by where they have it, else by their first metric."""
RANKED = ("clean", "unlabelled", "transductive")
"""Audit labels of systems that take a rank: those that were watched, and have seen no unseen class."""


@dataclass(frozen=True)
class Entry:
    """One system on a board.

    Attributes:
        records: Its runs on the board's splits.
        label: Variant, grid point and overrides; often empty.
        audit: The worst label of its runs.
        league: One of `credentials.LEAGUES`.
        values: Metric → value; None where it was not measured.
        interval: Of the board's metric, over queries; None where the queries' values are not kept.
        rank: First and last possible rank within its league; None where it takes none.
        numbers: What others print for the system.
    """

    records: tuple[RunRecord, ...]
    label: str
    audit: str
    league: int
    values: dict[str, Value | None]
    interval: tuple[float, float] | None
    rank: tuple[int, int] | None
    numbers: tuple[Number, ...]

    @property
    def first(self) -> RunRecord:
        """The first of the records: what they have in common can be read from it."""
        return self.records[0]


@dataclass(frozen=True)
class Board:
    """Systems that were tested alike.

    Attributes:
        dataset: Name of the data set.
        checksum: Of the data set.
        name: Of the split, or of the group of splits.
        splits: Its splits.
        direction: What is retrieved by what.
        protocol: Its full name without what belongs to the system.
        sizes: Numbers of queries and of gallery items, each sorted.
        metrics: Full names; the one that the board is ordered by comes first.
        entries: Best first.
        chance: Metric → what a random ranking scores.
        oracle: Metric → the best that any ranking could score.
        numbers: Other people's numbers of systems that are not among the entries.
    """

    dataset: str
    checksum: str
    name: str
    splits: tuple[str, ...]
    direction: str
    protocol: str
    sizes: tuple[list[int], list[int]]
    metrics: tuple[str, ...]
    entries: tuple[Entry, ...]
    chance: dict[str, float | None]
    oracle: dict[str, float | None]
    numbers: tuple[Number, ...]


def boards_of(records: Sequence[RunRecord]) -> list[Board]:
    """All boards of stored records; a system with a run on each split of a group is on the group's board.

    Raises:
        BadFileError: A record contradicts itself, its name or the records of the same test, or the values of its
            queries are damaged.
    """
    check_called(records)
    for record in records:
        check_sound(record)
    members: dict[tuple[Any, ...], list[tuple[str, list[RunRecord]]]] = defaultdict(list)
    for family in families(records):
        for group, splits in family[0].groups.items():
            own = [record for record in family if record.split in splits]
            if {record.split for record in own} == set(splits):
                for direction in own[0].results:
                    members[_key(own, direction)].append((group, own))
    boards = [_board(direction, found) for (*_, direction, _), found in members.items()]
    return sorted(boards, key=lambda board: (board.dataset, board.direction != "sketch→photo", board.direction))


def _key(records: Sequence[RunRecord], direction: str) -> tuple[Any, ...]:
    first, splits = records[0], frozenset(record.task["split"] for record in records)
    return first.dataset, first.dataset_checksum, splits, direction, shared_protocol(first, direction)


def _board(direction: str, members: Sequence[tuple[str, list[RunRecord]]]) -> Board:
    name, records = members[0]
    every = [record for _, own in members for record in own]
    check_agree(every, direction)
    splits = tuple(dict.fromkeys(record.split for record in records))
    metrics = _ordered(every, direction)
    zero_shot = "zero-shot" in shared_protocol(records[0], direction).split("; ")
    on_these = [replace(record, groups={name: splits}) for record in records[:1]]
    numbers = numbers_beside(on_these, direction, True) if zero_shot else ()
    evidence = [evidence_of(own, direction, metrics[0]) for _, own in members]
    entries = [_entry(own, direction, metrics, each, numbers) for (_, own), each in zip(members, evidence, strict=True)]
    taken = {number.system for entry in entries for number in entry.numbers}
    return Board(
        dataset=records[0].dataset,
        checksum=records[0].dataset_checksum,
        name=name,
        splits=tuple(sorted({record.task["split"] for record in records})),
        direction=direction,
        protocol=shared_protocol(records[0], direction),
        sizes=sizes(every, splits, direction),
        metrics=metrics,
        entries=_ranked(entries, evidence),
        chance={metric: limit(every, splits, direction, metric, "chance") for metric in metrics},
        oracle={metric: limit(every, splits, direction, metric, "oracle") for metric in metrics},
        numbers=tuple(number for number in numbers if number.system not in taken),
    )


def _ordered(records: Iterable[RunRecord], direction: str) -> tuple[str, ...]:
    """All metrics: `FIRST`, those of AP in a fixed order, so that one's definitions stand together; then the rest."""
    found = dict.fromkeys(metric for record in records for metric in record.results[direction]["metrics"])
    average_precisions = sorted(metric for metric in found if metric.startswith("AP@"))
    return tuple(dict.fromkeys([*(metric for metric in (FIRST,) if metric in found), *average_precisions, *found]))


def _entry(
    records: Sequence[RunRecord],
    direction: str,
    metrics: Sequence[str],
    evidence: Evidence,
    numbers: Sequence[Number],
) -> Entry:
    first, splits = records[0], tuple(dict.fromkeys(record.split for record in records))
    label = row_label(first)
    named = {label} if label else {name for name in first.published if isinstance(name, str)}
    return Entry(
        records=tuple(records),
        label=label,
        audit=max((record.audit["label"] for record in records), key=LABELS.index),
        league=max(map(league_of, records)),
        values={metric: average(records, splits, direction, metric) for metric in metrics},
        interval=interval_over_queries(evidence) or stored_interval(records, direction, metrics[0]),
        rank=None,
        numbers=tuple(number for number in numbers if number.system in named),
    )


def _ranked(entries: Sequence[Entry], evidence: Sequence[Evidence]) -> tuple[Entry, ...]:
    """The entries in order, those that take a rank with their rank within their league."""
    order = sorted(range(len(entries)), key=lambda place: -evidence[place].mean)
    ranks: dict[int, tuple[int, int]] = {}
    for league in {entry.league for entry in entries}:
        own = [place for place in order if entries[place].league == league and _takes_a_rank(entries[place])]
        ranks |= dict(zip(own, rank_ranges([evidence[place] for place in own]), strict=True))
    return tuple(replace(entries[place], rank=ranks.get(place)) for place in order)


def _takes_a_rank(entry: Entry) -> bool:
    return entry.audit in RANKED and next(iter(entry.values.values())) is not None
