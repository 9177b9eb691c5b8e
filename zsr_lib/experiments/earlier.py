"""Runs of before: which of them is a cell's own, which has the system that it needs, how one is scored anew."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from zsr_lib.configs import build, override, plain
from zsr_lib.errors import BadInputError, ZsrError
from zsr_lib.experiments.cells import Cell, setting_of
from zsr_lib.experiments.config import Experiment
from zsr_lib.experiments.reading import Plan, Point
from zsr_lib.models.saving import DESCRIPTION
from zsr_lib.reporting.run_record import MODEL, UNFINISHED, RunRecord, read_record
from zsr_lib.reporting.seals import training_of

SCORING = ("metrics", "directions", "retrieval")
"""Sections of an experiment that say how it is scored."""


def experiment_of(record: RunRecord, assignments: Sequence[str] = ()) -> Experiment:
    """The experiment that a record is of, for its setting alone; options of later versions are at their defaults.

    Args:
        record: The record.
        assignments: What to change, as ``retrieval.relevance=tag``.

    Raises:
        ZsrError: An option, a split or a name does not exist in this version.
    """
    setting = dict(record.setting)
    retrieval = {"no_relevant": setting.pop("no_relevant")} | setting.pop("retrieval", {})
    splits = dict.fromkeys([record.split, *(split for group in record.groups.values() for split in group)])
    more = {"groups": record.groups, "published": record.published, "seeds": [record.seed], "splits": list(splits)}
    values = setting | {"title": record.title, "retrieval": retrieval} | more
    return build(Experiment, override(plain(values), assignments), f"experiment {record.experiment}")


def rescoring_of(record: RunRecord, assignments: Sequence[str] = ()) -> Cell:
    """The cell that scores a record's system anew.

    Args:
        record: Of the run.
        assignments: How otherwise: ``retrieval.relevance=tag``, ``directions=[photo→photo]``.

    Raises:
        BadInputError: Something else than scoring is to be changed.
        ZsrError: As `experiment_of` says.
    """
    keys = {each.partition("=")[0]: each for each in assignments}
    for key, each in keys.items():
        if key.partition(".")[0] not in SCORING:
            raise BadInputError(
                f"'{each}' is no matter of scoring, so it needs another training.",
                f"change {', '.join(SCORING)} here, and everything else with zsr run.",
            )
    experiment = experiment_of(record, assignments)
    point = Point(record.point, experiment)
    former = (each for each in record.overrides if each.partition("=")[0] not in keys)
    plan = Plan(record.experiment, record.profile, (*former, *assignments), (point,))
    return Cell(plan, point, setting_of(experiment), record.split, record.seed)


def finished_as(cell: Cell, folder: Path, checksums: Mapping[str, str]) -> RunRecord | None:
    """A run that is the cell's although its folder is called otherwise: options have been added since, at defaults."""
    return next((record for record, setting in _like(cell, folder, checksums) if setting == cell.setting), None)


def trained_as(cell: Cell, folder: Path, checksums: Mapping[str, str], library: str) -> RunRecord | None:
    """A run with the system that the cell needs, but scored otherwise; None if there is none by the same code.

    Args:
        cell: What is to be made.
        folder: Of the experiment's runs.
        checksums: Of the data.
        library: Checksum of the library's sources.
    """
    for record, setting in _like(cell, folder, checksums):
        same = training_of(setting, record.split, record.seed) == cell.training
        if same and record.provenance.code["library"] == library and has_model(record):
            return record
    return None


def has_model(record: RunRecord) -> bool:
    """Whether the fitted system lies in the run's folder."""
    return record.folder is not None and (record.folder / MODEL / DESCRIPTION).is_file()


def _like(cell: Cell, folder: Path, checksums: Mapping[str, str]) -> list[tuple[RunRecord, dict[str, Any]]]:
    """Finished runs of the cell's split and seed on the same data, each with its setting as this version spells it."""
    found = []
    for path in sorted(folder.glob(f"{cell.split.replace('/', '-')}-seed{cell.seed}-*")):
        # One that is damaged, or has options that are no more, is nobody's.
        with suppress(ZsrError):
            if path.suffix != UNFINISHED and (record := read_record(path)).provenance.data == dict(checksums):
                found.append((record, setting_of(experiment_of(record))))
    return found
