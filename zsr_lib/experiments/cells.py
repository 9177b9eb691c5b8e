"""Cells: one setting of an experiment on one split with one seed, the unit that is run, kept and repeated."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from zsr_lib.configs import build, plain
from zsr_lib.experiments.config import Experiment
from zsr_lib.experiments.reading import Plan, Point, point_text
from zsr_lib.reporting.seals import digest, training_of


@dataclass(frozen=True)
class Cell:
    """One run to make.

    How a run is scored is no part of what was trained: two cells of one `training` share a fitted system.

    Attributes:
        plan: What was asked for.
        point: The setting.
        setting: Its resolved configuration, the system's defaults spelled out.
        split: Name of the split.
        seed: Of everything random.
    """

    plan: Plan
    point: Point
    setting: dict[str, Any]
    split: str
    seed: int

    @property
    def experiment(self) -> Experiment:
        """The experiment as settled for this cell."""
        return self.point.experiment

    @cached_property
    def variant(self) -> str:
        """Digest of the setting; equal for cells that differ in split and seed only."""
        return digest(self.setting)

    @property
    def training(self) -> dict[str, Any]:
        """The part of the setting that a fitted system follows from, with split and seed."""
        return training_of(self.setting, self.split, self.seed)

    def folder_name(self, checksums: Mapping[str, str]) -> str:
        """Name of the run's folder: readable, and unique by setting, split, seed and the data's checksums."""
        unique = digest([self.setting, self.split, self.seed, dict(checksums)])
        return f"{self.split.replace('/', '-')}-seed{self.seed}-{unique}"

    def __str__(self) -> str:
        label = point_text(self.point.label)
        return f"{self.plan.name}{f' ({label})' if label else ''}, {self.split}, seed {self.seed}"


def cells_of(plan: Plan) -> list[Cell]:
    """Every cell of a plan, setting by setting and split by split, so that neighbours share their data.

    Raises:
        UnknownNameError: A setting names a system or an option that does not exist; names the nearest.
        BadInputError: An option has the wrong type.
    """
    settings = [(point, setting_of(point.experiment)) for point in plan.points]
    return [
        Cell(plan, point, setting, split, seed)
        for point, setting in settings
        for split in point.experiment.splits
        for seed in point.experiment.seeds
    ]


def setting_of(experiment: Experiment) -> dict[str, Any]:
    """An experiment's configuration with the system's defaults spelled out, as a record keeps it.

    Raises:
        UnknownNameError: No such system or option.
        BadInputError: An option has the wrong type.
    """
    from zsr_lib.models.registry import method_class  # here: tables do not wait for torch

    config = build(method_class(experiment.method).Config, experiment.config, f"method {experiment.method}")
    keys = ("data", "method", "metrics", "directions")
    retrieval = plain(experiment.retrieval)
    # Where it always stood; what came later stands in a section of its own, and only if it is not at its default.
    fixed = {"no_relevant": retrieval.pop("no_relevant"), "config": plain(config)}
    return (
        {key: plain(getattr(experiment, key)) for key in keys} | fixed | ({"retrieval": retrieval} if retrieval else {})
    )
