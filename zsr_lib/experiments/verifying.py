"""Stored runs made again: does today's code, on these data and this processor, give the numbers that are stored?"""

import math
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from zsr_lib.errors import BadFileError, DataNotFoundError, ZsrError
from zsr_lib.experiments.cells import Cell
from zsr_lib.experiments.earlier import rescoring_of
from zsr_lib.experiments.materials import Materials
from zsr_lib.experiments.run_cell import Where, run_cell
from zsr_lib.experiments.submitted import check_submission, is_submitted
from zsr_lib.reporting.gate import USUALLY
from zsr_lib.reporting.per_query import PER_QUERY, keep_per_query
from zsr_lib.reporting.run_record import RunRecord, read_record, write_record
from zsr_lib.reporting.sound import check_sound

UNTRAINED = 1e-4
"""How far a metric of a system that was fitted to nothing may lie from what is stored: features of another processor
differ in their last digits. One that was trained may differ by what the gate allows trained numbers, `USUALLY`."""

QUERIES = 10.0
"""How many times as far single queries may move as the mean of all, on average: what one gains another loses."""


@dataclass(frozen=True)
class Verified:
    """What became of a stored run that was made again.

    Attributes:
        record: The stored one.
        state: ``agrees``, ``differs`` or, where its data are not here, ``left out``.
        apart: The largest difference of a metric.
        where: In which direction and metric that is; why, where it could not be made or compared.
        allowed: How large it may be.
        seconds: How long it took.
    """

    record: RunRecord
    state: Literal["agrees", "differs", "left out"]
    apart: float = 0.0
    where: str = ""
    allowed: float = 0.0
    seconds: float = 0.0


def cell_again(record: RunRecord) -> Cell:
    """The cell that a record is the record of.

    Raises:
        ZsrError: Today's code has no such system, option or split, or gives an option another meaning.
    """
    cell = rescoring_of(record)
    if not _says(cell.setting, record.setting):
        raise ZsrError("today's code reads its options otherwise.", "run the experiment again and store that.")
    return cell


def verify(record: RunRecord, materials: Materials, where: Where, values: bool = False) -> Verified:
    """Makes a stored run again in a scratch folder and compares every metric; handed-in codes are scored again.

    Args:
        record: The stored run.
        materials: Gives its data.
        where: Its folder, and the device.
        values: Keep the queries' values of a run that has none beside its record, where these fit it (`check_sound`).
    """
    try:
        if is_submitted(record):
            check_submission(record)
            return Verified(record, "agrees", seconds=record.seconds["total"])
        cell = cell_again(record)
        if materials.checksums(cell.experiment.data) != record.provenance.data:
            return Verified(record, "differs", where="the data have another checksum")
        with tempfile.TemporaryDirectory(prefix="zsr-verify-") as folder:
            again, _ = run_cell(cell, materials, replace(where, runs=Path(folder), again=True))
            found = compared(record, again)
            wanted = values and found.state == "agrees" and PER_QUERY not in record.files
            return replace(found, record=_with_values(record, again)) if wanted else found
    except DataNotFoundError as error:
        return Verified(record, "left out", where=error.problem)
    except ZsrError as error:
        return Verified(record, "differs", where=f"not made: {error.problem}")


def compared(record: RunRecord, again: RunRecord) -> Verified:
    """Every metric of a stored run against the same of another, and its queries' values where they are kept."""
    most, allowed = (0.0, ""), USUALLY if _is_trained(record) else UNTRAINED
    for direction, report in record.results.items():
        for metric, value in report["metrics"].items():
            now = again.results.get(direction, {}).get("metrics", {}).get(metric)
            if (now is None) != (value is None):
                return Verified(record, "differs", where=f"{metric} ({direction}) is {now}, stored {value}")
            most = max(most, (abs((now or 0.0) - (value or 0.0)), f"{metric} ({direction})"))
    if other := _other_facts(record, again):
        return Verified(record, "differs", where=other)
    if again.audit["label"] != record.audit["label"]:
        return Verified(record, "differs", where=f"it is {again.audit['label']}, stored {record.audit['label']}")
    if most[0] <= allowed and (other := _other_values(record, again, QUERIES * allowed)):
        return Verified(record, "differs", where=other)
    state = "agrees" if most[0] <= allowed else "differs"
    return Verified(record, state, *most, allowed, again.seconds["total"])


def _with_values(record: RunRecord, again: RunRecord) -> RunRecord:
    """The stored record, written once more with its queries' values beside it; as it is, where they do not fit."""
    assert record.folder is not None
    values = {direction: again.per_query(direction) for direction in record.results}
    kept = {PER_QUERY: keep_per_query(values, record.folder)}
    write_record(replace(record, files=record.files | kept), record.folder)
    try:
        check_sound(made := read_record(record.folder))
    except BadFileError:
        (record.folder / PER_QUERY).unlink()
        write_record(record, record.folder)
        return record
    return made


def _other_facts(record: RunRecord, again: RunRecord) -> str:
    """What is another in a run again beside the metrics: who was asked, chance, oracle, sizes; '' for none."""
    for direction, report in record.results.items():
        now = again.results[direction]
        for part in ("chance", "oracle"):
            for metric, value in report[part].items():
                if value is not None and not math.isclose(now[part].get(metric) or 0.0, value, abs_tol=1e-6):
                    return f"{part} of {metric} ({direction}) is {now[part].get(metric)}, stored {value}"
        for name in ("queries_counted", "gallery"):
            if report["protocol"].get(name) != now["protocol"].get(name):
                return f"{name} of {direction} is {now['protocol'].get(name)}, stored {report['protocol'].get(name)}"
        if "code" in report and report["code"] != now["code"]:
            return f"a code of {direction} is {now['code']}, stored {report['code']}"
    parameters = record.method.get("parameters")
    if parameters not in (None, again.method["parameters"]):
        return f"it has {again.method['parameters']} parameters, stored {parameters}"
    return "" if record.task["classes"] == again.task["classes"] else "its classes are others"


def _other_values(record: RunRecord, again: RunRecord, allowed: float) -> str:
    """Where a stored run's queries have other values than those of a run again, by more than `allowed` on average."""
    for direction in record.results if {PER_QUERY} <= record.files.keys() & again.files.keys() else ():
        one, other = record.per_query(direction), again.per_query(direction)
        mine, theirs = np.argsort(one["ids"]), np.argsort(other["ids"])
        for metric in record.results[direction]["metrics"]:
            if not np.array_equal(one["ids"][mine].astype(str), other["ids"][theirs].astype(str)):
                return f"the queries of {direction} are others"
            if np.nanmean(np.abs(one[metric][mine] - other[metric][theirs])) > allowed:
                return f"the queries' values of {metric} ({direction}) are others"
    return ""


def _is_trained(record: RunRecord) -> bool:
    return any(part["classes"] != [] for part in record.audit["parts"])  # None: nobody knows on what


def _says(now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    """Whether every stored option still has its value; options that came later may be there, too."""
    return all(
        name in now
        and (
            _says(now[name], value)
            if isinstance(value, Mapping) and isinstance(now[name], Mapping)
            else now[name] == value
        )
        for name, value in then.items()
    )
