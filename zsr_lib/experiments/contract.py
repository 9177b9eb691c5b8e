"""What every system owes, as checks that a test can ask of one's own; CONTRIBUTING shows how.

They are what ``zsr run --strict`` does, on any task, and nothing else: the library's own systems are asked the same.
"""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from zsr_lib.data.task import Task
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.evaluation.protocols import Protocol
from zsr_lib.evaluation.score import evaluate
from zsr_lib.evaluation.sides import Side
from zsr_lib.experiments.auditing import audited
from zsr_lib.experiments.fitted import fit_watched
from zsr_lib.experiments.probes import check_codes_alone
from zsr_lib.experiments.strict import check_strict
from zsr_lib.experiments.watching import Watch
from zsr_lib.models.method import Method
from zsr_lib.models.registry import create
from zsr_lib.models.saving import load, save
from zsr_lib.training.config import Run

METRIC = "AP@all/std"


@dataclass(frozen=True)
class Asked:
    """A system on a small task; it is fitted once for all checks.

    Attributes:
        name: As it is registered.
        options: Such that it is fitted in seconds.
        task: With unseen photos and sketches.
        margin: AP that it must have above chance on the unseen classes; None asks nothing.
        run: Seed and device.
    """

    name: str
    options: Mapping[str, Any]
    task: Task
    margin: float | None = None
    run: Run = Run(progress=False)  # noqa: RUF009 - frozen

    def fitted(self, task: Task, run: Run | None = None) -> Method:
        """Another one, fitted on a task as ``zsr run`` fits it."""
        return self._fitted(task, run or self.run)[0]

    def _fitted(self, task: Task, run: Run) -> tuple[Method, Watch]:
        method = create(self.name, self.options)
        return method, fit_watched(method, task, run)[0]

    @cached_property
    def watched(self) -> tuple[Method, Watch]:
        """The system, and what it looked at."""
        return self._fitted(self.task, self.run)

    @property
    def method(self) -> Method:
        """The system."""
        return self.watched[0]

    @cached_property
    def codes(self) -> np.ndarray:
        """Of the gallery."""
        return self.method.embed(self.task.gallery())


def is_what_it_says(asked: Asked, folder: Path) -> None:
    """It looked at no held-out item and at all that it declares, and has seen no unseen class.

    Raises:
        LeakError: As `audited` says.
    """
    audited(asked.method, asked.task, asked.watched[1])


def follows_from_what_it_may_see(asked: Asked, folder: Path) -> None:
    """Fitted once more with noise in place of what is held out, it has the same weights, bit by bit.

    Raises:
        LeakError: As `check_strict` says.
    """
    check_strict(asked.method, lambda task, _: asked.fitted(task), asked.task)


def comes_back_from_disk(asked: Asked, folder: Path) -> None:
    """Saved and loaded, it gives the same codes, bit by bit.

    Raises:
        LeakError: It does not.
    """
    save(asked.method, folder)
    if not np.array_equal(load(folder).embed(asked.task.gallery()), asked.codes):
        raise LeakError(f"'{asked.name}' gives other codes once it is loaded.", "let state_dict() hold what fit made.")


def codes_stand_alone(asked: Asked, folder: Path) -> None:
    """A code belongs to its item: not to its neighbours, its place, its id or its very bytes.

    Raises:
        LeakError: It does not.
    """
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        save(asked.method, Path(place))
        saved = load(Path(place))
    for items in (asked.task.gallery(), asked.task.queries()):
        if told := check_codes_alone(asked.method, saved, items, saved.embed(items)):
            raise LeakError(f"{told}.", "make each code from its item alone; normalise by what fit has seen.")


def ranks_above_chance(asked: Asked, folder: Path) -> None:
    """It ranks photos of unseen classes for their sketches better than chance, by the margin that it is asked.

    Raises:
        LeakError: It does not.
    """
    if asked.margin is None:
        return
    queries, gallery = asked.task.queries(), asked.task.gallery()
    sides = Side(asked.method.embed(queries), queries.class_names), Side(asked.codes, gallery.class_names)
    found = evaluate(*sides, [METRIC], Protocol(distance=asked.method.distance))
    level = evaluate(*(Side(np.zeros((len(each), 1)), each.labels) for each in sides), [METRIC]).micro(METRIC)
    if found.micro(METRIC) <= level + asked.margin:
        raise LeakError(
            f"'{asked.name}' ranks by {found.micro(METRIC):.3f}, chance by {level:.3f}.", "see what it learns."
        )


CONTRACT: tuple[Callable[[Asked, Path], None], ...] = (
    ranks_above_chance,
    is_what_it_says,
    follows_from_what_it_may_see,
    comes_back_from_disk,
    codes_stand_alone,
)
"""All of them; each takes a folder that may be written to."""
