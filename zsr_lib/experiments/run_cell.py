"""One cell from data to run record; its folder appears complete or not at all."""

import datetime
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError, DataNotFoundError
from zsr_lib.evaluation.report import as_dict
from zsr_lib.experiments.auditing import scored_as_saved
from zsr_lib.experiments.behind import noted_behind
from zsr_lib.experiments.cells import Cell
from zsr_lib.experiments.earlier import finished_as, has_model, trained_as
from zsr_lib.experiments.fitted import Fitted, stored, trained
from zsr_lib.experiments.guarding import guarded
from zsr_lib.experiments.materials import Materials
from zsr_lib.experiments.plugins import plugins_told
from zsr_lib.experiments.scoring import Scored, halves
from zsr_lib.files import exclusive, explained
from zsr_lib.reporting.per_query import write_per_query
from zsr_lib.reporting.record import Provenance
from zsr_lib.reporting.run_record import (
    FORMAT,
    MODEL,
    RECORD,
    TRAINING,
    UNFINISHED,
    RunRecord,
    checksums_of,
    read_record,
    write_record,
)
from zsr_lib.training.processes import Processes
from zsr_lib.training.reproducible import pinned


@dataclass(frozen=True)
class Where:
    """How cells are carried out here.

    Attributes:
        runs: Folder of all run folders.
        provenance: Of the code that was loaded, taken before the first cell.
        device: ``cpu`` or ``cuda``.
        again: Repeat what is finished.
        wait_seconds: For another process that runs the same cell.
        progress: Show progress bars.
        strict: Fit once more with noise in place of what is held out, and refuse a system that comes out otherwise.
    """

    runs: Path
    provenance: Provenance
    device: str = "cpu"
    again: bool = False
    wait_seconds: float = 0.0
    progress: bool = True
    strict: bool = False


def run_cell(cell: Cell, materials: Materials, where: Where) -> tuple[RunRecord, bool]:
    """The cell's record, and whether it was made now (True) or kept from an earlier time.

    A run that was killed goes on from its last checkpoint. Where a run of before differs in how it is scored only, its
    system is scored, not trained again.

    Raises:
        LeakError: A part has seen unseen classes, and the system is not a legacy one; or it declares other classes
            than it looked at.
        BusyError: Another process has been running this cell for longer than we wait.
        ZsrError: Whatever else stops it: data, options, a full disk.
    """
    checksums = materials.checksums(cell.experiment.data)
    folder = where.runs / cell.plan.name / cell.folder_name(checksums)
    work = folder.with_name(folder.name + UNFINISHED)
    with _locked(cell, folder, where):
        if where.again:
            shutil.rmtree(work, ignore_errors=True)
        elif (work / RECORD).is_file():  # killed between its last file and its name
            _publish(work, folder)
        elif folder.is_dir():
            return read_record(folder), False
        elif kept := finished_as(cell, folder.parent, checksums):
            return kept, False
        if not folder.is_dir() or where.again:
            library = where.provenance.code["library"]
            origin = None if where.again or where.strict else trained_as(cell, folder.parent, checksums, library)
            with pinned():
                _make(cell, materials, where, work, checksums, origin)
            _publish(work, folder)
        return read_record(folder), True


def rescore(origin: RunRecord, cell: Cell, materials: Materials, where: Where) -> RunRecord:
    """Scores the system of a finished run as a cell says, without training, and writes a record of that.

    Args:
        origin: The finished run; the new record takes its place where nothing but the code has changed.
        cell: As `zsr_lib.experiments.earlier.rescoring_of` makes it.
        materials: Gives the data.
        where: Folder of all runs, and the device.

    Raises:
        DataNotFoundError: The run's folder holds no system.
        BadInputError: The data are others than those of the run.
        ZsrError: As `run_cell` says.
    """
    if not has_model(origin):
        raise DataNotFoundError(f"{origin.folder} holds no fitted system.", "make the run again with zsr run.")
    checksums = materials.checksums(cell.experiment.data)
    if checksums != origin.provenance.data:
        raise BadInputError(f"{origin.folder} was trained on other data.", "make the run again with zsr run.")
    folder = where.runs / cell.plan.name / cell.folder_name(checksums)
    work = folder.with_name(folder.name + UNFINISHED)
    with _locked(cell, folder, where):
        shutil.rmtree(work, ignore_errors=True)
        try:
            with pinned():
                _make(cell, materials, where, work, checksums, origin)
            _publish(work, folder)
        finally:  # nothing was trained that could be gone on with
            shutil.rmtree(work, ignore_errors=True)
    return read_record(folder)


@contextmanager
def _locked(cell: Cell, folder: Path, where: Where) -> Iterator[None]:
    lock = folder.parent / ".locks" / folder.name
    with exclusive(lock, f"running {cell}", where.wait_seconds), explained(folder.parent):
        yield


def _publish(work: Path, folder: Path) -> None:
    shutil.rmtree(work / TRAINING, ignore_errors=True)
    if folder.exists():
        shutil.rmtree(folder)
    work.rename(folder)


def _make(
    cell: Cell, materials: Materials, where: Where, work: Path, checksums: dict[str, str], origin: RunRecord | None
) -> None:
    """Everything in the run's folder; the record comes last."""
    if origin is None:
        Processes.now().of_first(cell)  # the others fit it, too
    task = materials.task(cell.experiment.data, cell.split, cell.seed)
    work.mkdir(parents=True, exist_ok=True)
    # All of what a system may do, to be made, described, saved and loaded as well as to be fitted and to embed; and
    # what it left to run later, while its numbers are written down.
    with guarded(cell.experiment.method, work):
        # Before anything is scored: the numbers of a run that leaks never exist.
        options = (where.device, where.progress, where.strict)
        fitted = stored(origin, task) if origin else trained(cell, task, work, *options)
        started = time.perf_counter()
        scored = scored_as_saved(
            cell.experiment, fitted.method, task, fitted.verdict, work / MODEL, where.device, where.strict
        )
        seconds = time.perf_counter() - started
        write_per_query(work, {direction: each.per_query() for direction, each in scored.items()})
        code = where.provenance.code | noted_behind(cell.experiment.method, origin) | plugins_told()
        provenance = replace(where.provenance, data=checksums, code=code)
        record = replace(_record(cell, task, fitted, scored, provenance, seconds), files=checksums_of(work))
    write_record(record, work)


def _record(
    cell: Cell, task: Task, fitted: Fitted, scored: dict[str, Scored], provenance: Provenance, seconds: float
) -> RunRecord:
    return RunRecord(
        format=FORMAT,
        experiment=cell.plan.name,
        title=cell.experiment.title,
        profile=cell.plan.profile,
        overrides=cell.plan.overrides,
        point=cell.point.label,
        variant=cell.variant,
        split=cell.split,
        seed=cell.seed,
        setting=cell.setting,
        groups=cell.experiment.grouped,
        published=cell.experiment.published,
        task=task.describe(),
        method=fitted.described(),
        results={
            direction: as_dict(each.evaluation) | halves(each.evaluation, task) | {"code": each.code}
            for direction, each in scored.items()
        },
        audit=fitted.verdict,
        provenance=provenance,
        seconds={"fit": fitted.seconds, "evaluate": seconds, "total": fitted.seconds + seconds},
        history=fitted.history,
        files={},
        finished=datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds"),
        measures=fitted.measures,
        trained=fitted.trained,
    )
