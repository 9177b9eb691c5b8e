"""All cells of a plan: what is finished is kept, what fails is named and does not stop the others."""

import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from zsr_lib.errors import BusyError, ZsrError
from zsr_lib.experiments.cells import Cell
from zsr_lib.experiments.failures import forget_failure, keep_failure
from zsr_lib.experiments.fitted import fit
from zsr_lib.experiments.materials import Materials
from zsr_lib.experiments.run_cell import Where, run_cell
from zsr_lib.progress import progress_bar
from zsr_lib.reporting.run_record import UNFINISHED, RunRecord
from zsr_lib.training.processes import Processes
from zsr_lib.training.reproducible import pinned

A_DAY = 86_400.0


@dataclass(frozen=True)
class Outcome:
    """What became of one cell.

    Attributes:
        cell: The cell.
        state: ``made`` now, ``kept`` from an earlier time, or ``failed``.
        record: The run record, unless it failed.
        error: What happened and what to do, if it failed; a defect of the library has its traceback.
        other_code: Whether a kept record was made by other sources than these.
    """

    cell: Cell
    state: Literal["made", "kept", "failed"]
    record: RunRecord | None = None
    error: str = ""
    other_code: bool = False


def run_cells(
    cells: Iterable[Cell], materials: Materials, where: Where, tell: Callable[[Outcome], None] = lambda outcome: None
) -> list[Outcome]:
    """Runs the cells one after another; those that another process is running are looked at again at the end.

    A cell that fails leaves a note (`zsr_lib.experiments.failures`) until it succeeds.

    Args:
        cells: What to run.
        materials: Shares data between neighbours.
        where: Folder, device, what to repeat.
        tell: Called with each outcome when it is there.

    Returns:
        The outcomes in the order of the cells.
    """
    cells = list(cells)
    outcomes: dict[int, Outcome] = {}
    bar = progress_bar(show=where.progress and len(cells) > 1, total=len(cells), desc="cells", unit="cell")
    with bar:
        for patience in (0.0, A_DAY):
            for number, cell in enumerate(cells):
                if number in outcomes:
                    continue
                outcome = _run(cell, materials, replace(where, wait_seconds=patience))
                if outcome is not None:
                    outcomes[number] = outcome
                    _note(outcome, where)
                    bar.update()
                    tell(outcome)
    return [outcomes[number] for number in range(len(cells))]


def help_fitting(materials: Materials, where: Where) -> None:
    """Fits whatever the first of several processes fits, each on its share of every batch; writes nothing.

    Ends when the first one says None instead of a cell.
    """
    while (cell := Processes.now().of_first(None)) is not None:
        data = cell.experiment.data
        folder = where.runs / cell.plan.name / cell.folder_name(materials.checksums(data))
        # The first process meets the same error, and tells.
        with suppress(ZsrError), pinned():
            task = materials.task(data, cell.split, cell.seed)
            fit(cell, task, folder.with_name(folder.name + UNFINISHED), where.device, where.progress)


def _note(outcome: Outcome, where: Where) -> None:
    if outcome.state == "failed":
        keep_failure(outcome.cell, outcome.error, where.runs)
    else:
        forget_failure(outcome.cell, where.runs)


def _run(cell: Cell, materials: Materials, where: Where) -> Outcome | None:
    """None if another process is at it and we do not wait."""
    try:
        record, is_new = run_cell(cell, materials, where)
    except BusyError as error:
        return Outcome(cell, "failed", error=str(error)) if where.wait_seconds else None
    except ZsrError as error:
        return Outcome(cell, "failed", error=str(error))
    except Exception:  # a defect, but the other cells' hours should not depend on it
        return Outcome(cell, "failed", error=traceback.format_exc())
    other_code = record.provenance.code["library"] != where.provenance.code["library"]
    return Outcome(cell, "made" if is_new else "kept", record, other_code=other_code)
