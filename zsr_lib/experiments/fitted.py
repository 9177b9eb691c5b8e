"""A cell's system before it is scored: trained now, or taken from an earlier run; audited either way."""

import time
from pathlib import Path
from typing import Any, NamedTuple

from zsr_lib.data.task import Task
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments.auditing import audited, verdict_of
from zsr_lib.experiments.cells import Cell
from zsr_lib.experiments.guarding import Guard, guarded
from zsr_lib.experiments.strict import check_strict
from zsr_lib.experiments.watching import Watch, watched
from zsr_lib.models.method import Method
from zsr_lib.models.registry import create
from zsr_lib.models.saving import load
from zsr_lib.reporting.run_record import MODEL, TRAINING, RunRecord
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


class Fitted(NamedTuple):
    """A system before it is scored.

    Attributes:
        method: The system.
        verdict: Of the leak audit.
        history: Of its fit, ready for JSON.
        measures: Named numbers of its fit.
        seconds: That its fit took.
        trained: As in `RunRecord`.
    """

    method: Method
    verdict: dict[str, Any]
    history: dict[str, Any]
    measures: dict[str, float] | None
    seconds: float
    trained: dict[str, Any] | None = None

    def described(self) -> dict[str, Any]:
        """What a run record says of the system."""
        return {
            "distance": self.method.distance,
            "legacy": self.method.legacy,
            "parameters": sum(tensor.numel() for tensor in self.method.state_dict().values()),
            "about": self.method.about(),
        }


def trained(cell: Cell, task: Task, work: Path, device: str, progress: bool, strict: bool = False) -> Fitted:
    """The system of a cell, trained; what an interrupted training left in `work` is gone on with.

    Args:
        cell: What is to be made.
        task: Of the cell.
        work: Folder of the unfinished run.
        device: ``cpu`` or ``cuda``.
        progress: Show progress bars.
        strict: Fit once more, as `zsr_lib.experiments.strict` says; a legacy system's leaks are known, and labelled.

    Raises:
        LeakError: A part has seen unseen classes, and the system is not a legacy one; or it declares other classes
            than it looked at, or comes out otherwise with noise in place of what is held out.
        ZsrError: Whatever else stops the training.
    """
    started = time.perf_counter()
    method, watch, history, guard = fit(cell, task, work, device, progress)
    seconds = time.perf_counter() - started
    verdict = audited(method, task, watch) | ({"opened": sorted(guard.opened)} if guard.opened else {})
    if strict and not method.legacy:
        check_strict(method, lambda noisy, folder: fit(cell, noisy, folder, device, progress)[0], task)
        verdict["strict"] = True
    return Fitted(method, verdict, history.as_dict(), measures_of(history), seconds)


def fit(cell: Cell, task: Task, work: Path, device: str, progress: bool) -> tuple[Method, Watch, History, Guard]:
    """The system of a cell, fitted as `fit_watched` does; what it looked at, and what else its code did."""
    method = create(cell.experiment.method, cell.setting["config"])
    run = Run(cell.seed, device, work / TRAINING, progress=progress, identity=work.name)
    return method, *fit_watched(method, task, run, work)


def fit_watched(method: Method, task: Task, run: Run, own: Path | None = None) -> tuple[Watch, History, Guard]:
    """Fits a system on what it may see of a task; `own` is a folder that it may write to.

    Raises:
        LeakError: As `watched` and `guarded` say, or it calls itself a legacy system for a moment.
    """
    legacy = method.legacy
    shown, watch = watched(task, legacy)
    with guarded(method.name, own) as guard:
        history = method.fit(shown, run)
    if method.legacy != legacy:
        raise LeakError(f"'{method.name}' has seen unseen classes as a legacy system and is none now.", "be one.")
    return watch, history, guard


def stored(origin: RunRecord, task: Task) -> Fitted:
    """The system of a finished run, audited again.

    Raises:
        ZsrError: It cannot be loaded, or leaks.
    """
    assert origin.folder is not None
    method = load(origin.folder / MODEL)
    kept = {key: origin.audit[key] for key in ("observed", "strict") if key in origin.audit}
    verdict = verdict_of(method, task) | {"observed": []} | kept
    told = {"run": origin.folder.name, "code": origin.provenance.code, "finished": origin.finished}
    seconds = origin.seconds["fit"]
    return Fitted(method, verdict, origin.history, origin.measures, seconds, origin.trained or told)


def measures_of(history: History) -> dict[str, float] | None:
    """The named numbers of a fit: the best validation score, and what among the notes is a number; None without any."""
    scores = [row["score"] for row in history.validations if "score" in row]
    numbers = {
        name: float(value)
        for name, value in history.notes.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    return ({"best validation": max(scores)} if scores else {}) | numbers or None
