"""Whether records agree with what they are called, and with those that they stand beside."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from zsr_lib.errors import BadFileError
from zsr_lib.experiments.submitted import is_submitted
from zsr_lib.reporting.per_query import PER_QUERY
from zsr_lib.reporting.run_record import RunRecord
from zsr_lib.reporting.seals import digest

_LAST_DIGITS = 1e-9


def check_called(records: Iterable[RunRecord]) -> None:
    """Makes sure that folders and variants follow from settings, splits, seeds and data, and no run stands for two.

    Raises:
        BadFileError: They do not, two records end at the same microsecond, or a system is none of this library, so that
            nobody can make the run again; names one.
    """
    from zsr_lib.models.registry import METHODS  # here: who reads no boards does not wait for torch

    ended: dict[str, RunRecord] = {}
    for record in records:
        assert record.folder is not None
        unique = digest([record.setting, record.split, record.seed, record.provenance.data])
        if not record.folder.name.endswith(unique) or record.variant != digest(record.setting):
            raise _refused(record, "its folder's name does not belong to its setting, split, seed and data")
        if record.setting["method"] not in METHODS and not is_submitted(record):
            raise _refused(record, f"'{record.setting['method']}' is no system of this library: nobody can repeat it")
        if (other := ended.setdefault(record.finished, record)) is not record:
            raise _refused(record, f"it ended in the very moment in which {other.folder} did")


def check_agree(records: Sequence[RunRecord], direction: str) -> None:
    """Makes sure that runs on the same split asked the same queries in the same gallery.

    Raises:
        BadFileError: One has other classes, other sizes, another chance or best possible value, or other queries.
    """
    first: dict[str, RunRecord] = {}
    asked: dict[str, RunRecord] = {}
    for record in records:
        other = first.setdefault(record.task["split"], record)
        if different := _different(record, other, direction):
            raise _refused(record, f"{different} of {direction} are not those of {other.folder}")
        if PER_QUERY in record.files:
            other = asked.setdefault(record.task["split"], record)
            if _queries(record, direction) != _queries(other, direction):
                raise _refused(record, f"the queries of {direction} are not those of {other.folder}")


def _different(one: RunRecord, other: RunRecord, direction: str) -> str:
    """What of the test is another; '' for nothing."""
    mine, theirs = one.results[direction], other.results[direction]
    if _classes(one) != _classes(other):
        return "the split's classes"
    if _sizes(mine) != _sizes(theirs):
        return "the numbers of queries and gallery items"
    if _are_even(mine) != _are_even(theirs):
        return "the shares of classes in the means"
    for part in ("chance", "oracle"):
        for metric, value in mine[part].items():
            if metric in theirs[part] and not _equal(value, theirs[part][metric]):
                return f"{part} of {metric}"
    return ""


def _classes(record: RunRecord) -> tuple[str, list[str]]:
    return record.task["split_checksum"], sorted(record.task["classes"]["unseen"])


def _sizes(report: Mapping[str, Any]) -> tuple[int, int]:
    return report["protocol"]["queries_counted"], report["protocol"]["gallery"]


def _are_even(report: Mapping[str, Any]) -> bool:
    """Whether the means over queries are those over classes, as where each class has as many queries."""
    return all(_equal(value, report["macro"].get(metric)) for metric, value in report["metrics"].items())


def _equal(one: Any, other: Any) -> bool:
    return one is other if one is None or other is None else abs(one - other) <= _LAST_DIGITS


def _queries(record: RunRecord, direction: str) -> list[tuple[str, str]]:
    kept = record.per_query(direction)
    labels = kept["labels"]
    told = labels.astype(str) if labels.ndim == 1 else np.full(len(labels), "")
    return sorted(zip(kept["ids"].astype(str).tolist(), told.tolist(), strict=True))


def _refused(record: RunRecord, fault: str) -> BadFileError:
    return BadFileError(
        f"{record.folder} is no record of that test: {fault}.",
        "restore it from version control, or make the run again with zsr run --again.",
    )
