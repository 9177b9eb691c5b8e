"""What every system owes, as checks of one that is fitted once; `test_contract.py` asks all that are registered."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.models.conftest import QUIET, chance, score
from zsr_lib.data.task import Task
from zsr_lib.evaluation.leaks import audit
from zsr_lib.models.method import Method
from zsr_lib.models.registry import create
from zsr_lib.models.saving import load, save
from zsr_lib.training.config import Run


@dataclass(frozen=True)
class Fitted:
    """A system fitted on a task; tests share it and only read it.

    `poisoned` is the same task with its unseen classes spoilt, `margin` what the system beats chance by; None where it
    learns nothing about other classes in seconds (its own test then asks that it learns).
    """

    name: str
    options: dict[str, Any]
    margin: float | None
    task: Task
    poisoned: Task

    def fitted(self, task: Task, run: Run = QUIET) -> Method:
        method = create(self.name, self.options)
        method.fit(task, run)
        return method

    @cached_property
    def method(self) -> Method:
        return self.fitted(self.task)

    @cached_property
    def codes(self) -> np.ndarray:
        return self.method.embed(self.task.gallery())


def ranks_unseen_classes_above_chance(made: Fitted, folder: Path) -> None:
    if made.margin is None:
        pytest.skip("from random weights, four classes teach little about others in seconds")
    assert score(made.method, made.task) > chance(made.task) + made.margin


def touches_no_unseen_class_and_follows_its_seed(made: Fitted, folder: Path) -> None:
    """Reading one unseen item while fitting would change what comes out; so would another random number."""
    again = made.fitted(made.poisoned)
    state = again.state_dict()
    assert state.keys() == made.method.state_dict().keys()
    for key, value in made.method.state_dict().items():
        assert torch.equal(value, state[key]), key
    np.testing.assert_array_equal(again.embed(made.task.gallery()), made.codes)


def passes_the_audit(made: Fitted, folder: Path) -> None:
    audit(made.method.trained_parts(), made.task.unseen, legacy=made.method.legacy)


def comes_back_from_disk_with_the_same_codes(made: Fitted, folder: Path) -> None:
    save(made.method, folder)
    np.testing.assert_array_equal(load(folder).embed(made.task.gallery()), made.codes)


def codes_an_item_alone_as_among_others(made: Fitted, folder: Path) -> None:
    """To the bit where it comes first; kernels may round rows at the edge of a batch differently."""
    assert made.method.embed(made.task.gallery().take([0, 1, 2])).tobytes() == made.codes[:3].tobytes()
    few = made.method.embed(made.task.gallery().take([3, 1]))
    np.testing.assert_allclose(few, made.codes[[3, 1]], rtol=1e-5, atol=1e-5)


CONTRACT = (
    ranks_unseen_classes_above_chance,
    touches_no_unseen_class_and_follows_its_seed,
    passes_the_audit,
    comes_back_from_disk_with_the_same_codes,
    codes_an_item_alone_as_among_others,
)
