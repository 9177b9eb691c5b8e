"""One cell from data to run record; its folder appears complete or not at all."""

import datetime
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from zsr_lib.data.datasets import closed_datasets
from zsr_lib.data.task import Task
from zsr_lib.errors import ZsrError
from zsr_lib.evaluation.report import as_dict
from zsr_lib.experiments.auditing import audited, scored_as_saved
from zsr_lib.experiments.cells import Cell
from zsr_lib.experiments.materials import Materials
from zsr_lib.experiments.scoring import Scored
from zsr_lib.experiments.watching import watched
from zsr_lib.files import exclusive, explained, sha256_of
from zsr_lib.models.method import Method
from zsr_lib.models.registry import create
from zsr_lib.reporting.record import Provenance
from zsr_lib.reporting.run_record import (
    FORMAT,
    RECORD,
    UNFINISHED,
    RunRecord,
    read_record,
    write_per_query,
    write_record,
)
from zsr_lib.training.config import Run
from zsr_lib.training.history import History
from zsr_lib.training.processes import Processes
from zsr_lib.training.reproducible import pinned

MODEL, TRAINING = "model", "training"


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
    """

    runs: Path
    provenance: Provenance
    device: str = "cpu"
    again: bool = False
    wait_seconds: float = 0.0
    progress: bool = True


def run_cell(cell: Cell, materials: Materials, where: Where) -> tuple[RunRecord, bool]:
    """The cell's record, and whether it was made now (True) or kept from an earlier time.

    A run that was killed goes on from its last checkpoint.

    Raises:
        LeakError: A part has seen unseen classes, and the system is not a legacy one; or it declares other classes
            than it looked at.
        BusyError: Another process has been running this cell for longer than we wait.
        ZsrError: Whatever else stops it: data, options, a full disk.
    """
    checksums = materials.checksums(cell.experiment.data)
    folder = where.runs / cell.plan.name / cell.folder_name(checksums)
    work = folder.with_name(folder.name + UNFINISHED)
    lock = folder.parent / ".locks" / folder.name
    with exclusive(lock, f"running {cell}", where.wait_seconds), explained(folder.parent):
        if where.again:
            shutil.rmtree(work, ignore_errors=True)
        elif (work / RECORD).is_file():  # killed between its last file and its name
            _publish(work, folder)
        elif folder.is_dir():
            return read_record(folder), False
        if not folder.is_dir() or where.again:
            with pinned():
                _make(cell, materials, where, work, checksums)
            _publish(work, folder)
        return read_record(folder), True


def _publish(work: Path, folder: Path) -> None:
    shutil.rmtree(work / TRAINING, ignore_errors=True)
    if folder.exists():
        shutil.rmtree(folder)
    work.rename(folder)


def _make(cell: Cell, materials: Materials, where: Where, work: Path, checksums: dict[str, str]) -> None:
    """Everything in the run's folder; the record comes last."""
    started = time.perf_counter()
    work.mkdir(parents=True, exist_ok=True)
    Processes.now().of_first(cell)
    task, method, watch, history = _fitted(cell, materials, where, work)
    fitted = time.perf_counter()
    # Before anything is scored: the numbers of a run that leaks never exist.
    verdict = audited(method, task, watch)
    scored = scored_as_saved(cell.experiment, method, task, verdict, work / MODEL, where.device)
    ended = time.perf_counter()
    write_per_query(work, {direction: each.per_query() for direction, each in scored.items()})
    seconds = {"fit": fitted - started, "evaluate": ended - fitted, "total": ended - started}
    provenance = replace(where.provenance, data=checksums)
    record = _record(cell, task, method, verdict, scored, history, provenance, seconds)
    write_record(replace(record, files=_checksums(work)), work)


def help_fitting(materials: Materials, where: Where) -> None:
    """Fits whatever the first of several processes fits, each on its share of every batch; writes nothing.

    Ends when the first one says None instead of a cell.
    """
    while (cell := Processes.now().of_first(None)) is not None:
        folder = where.runs / cell.plan.name / cell.folder_name(materials.checksums(cell.experiment.data))
        # The first process meets the same error, and tells.
        with suppress(ZsrError), pinned():
            _fitted(cell, materials, where, folder.with_name(folder.name + UNFINISHED))


def _fitted(cell: Cell, materials: Materials, where: Where, work: Path) -> tuple[Task, Method, Any, History]:
    task = materials.task(cell.experiment.data, cell.split, cell.seed)
    method = create(cell.experiment.method, cell.setting["config"])
    run = Run(cell.seed, where.device, work / TRAINING, progress=where.progress, identity=work.name)
    shown, watch = watched(task, method.legacy)
    with closed_datasets():
        return task, method, watch, method.fit(shown, run)


def _record(
    cell: Cell,
    task: Task,
    method: Method,
    verdict: dict[str, Any],
    scored: dict[str, Scored],
    history: History,
    provenance: Provenance,
    seconds: dict[str, float],
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
        method={"distance": method.distance, "legacy": method.legacy, "about": method.about()},
        results={direction: as_dict(each.evaluation) for direction, each in scored.items()},
        audit=verdict,
        provenance=provenance,
        seconds=seconds,
        history=history.as_dict(),
        files={},
        finished=datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds"),
    )


def _checksums(folder: Path) -> dict[str, str]:
    """Path → SHA-256 of a run's files, checkpoints left out."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in files}
    return {name: sha256_of(path) for name, path in names.items() if not name.startswith(f"{TRAINING}/")}
