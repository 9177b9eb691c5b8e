"""Cells that failed leave a note beside the runs, so that a table names what it lacks."""

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from zsr_lib.configs import build
from zsr_lib.errors import BadFileError, ZsrError
from zsr_lib.experiments.cells import Cell
from zsr_lib.files import write_text
from zsr_lib.reporting.seals import digest

FOLDER = ".failed"


@dataclass(frozen=True)
class Failure:
    """Why a cell has no run record.

    Attributes:
        experiment: Name of the experiment file.
        cell: Experiment, setting, split and seed in words.
        error: What happened and what to do; a defect of the library has its traceback.
    """

    experiment: str
    cell: str
    error: str

    def __str__(self) -> str:
        lines = self.error.strip().splitlines() or [""]
        return f"{self.cell}: {lines[-1 if lines[0].startswith('Traceback') else 0]}"


def keep_failure(cell: Cell, error: str, runs: Path) -> None:
    """Notes a failure, in place of an earlier one of the same cell.

    A disk that takes no note does not stop the cells that follow; what failed is still told when all are done.
    """
    failure = Failure(cell.plan.name, str(cell), error)
    with contextlib.suppress(ZsrError):
        write_text(_path(cell, runs), json.dumps(asdict(failure), indent=1, ensure_ascii=False) + "\n")


def forget_failure(cell: Cell, runs: Path) -> None:
    """Takes the note of an earlier failure away, if there is one, because the cell has a record now."""
    path = _path(cell, runs)
    if path.is_file():
        path.unlink()


def read_failures(runs: Path) -> list[Failure]:
    """The failures below a folder of runs, by experiment and cell.

    Raises:
        BadFileError: A note is damaged; names it.
    """
    found = map(_read, runs.glob(f"*/{FOLDER}/*.json"))
    return sorted(found, key=lambda failure: (failure.experiment, failure.cell))


def _path(cell: Cell, runs: Path) -> Path:
    # Without options and checksums: a cell that was mended in its experiment file is still this one.
    place = digest([cell.plan.profile, cell.plan.overrides, cell.point.label, cell.split, cell.seed])
    return runs / cell.plan.name / FOLDER / f"{place}.json"


def _read(path: Path) -> Failure:
    try:
        return build(Failure, json.loads(path.read_text(encoding="utf-8")), "failure")
    except (OSError, ValueError, ZsrError) as error:
        raise BadFileError(f"{path} is no note of a failure ({error}).", "delete it.") from error
