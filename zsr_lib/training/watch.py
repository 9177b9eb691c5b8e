"""What the steps say of themselves: kept on the device, read now and then, and finite, or training stops."""

import math
from collections.abc import Iterable, Mapping
from itertools import islice

import torch
from torch import Tensor

from zsr_lib.errors import ZsrError

REMEDY = "lower training.learning_rate, set training.clip (for example 1.0), and look for NaN in the input features."


class TrainingError(ZsrError):
    """Training that cannot go on; names the term or parameter and the step."""


class Watch:
    """Loss terms and norms of gradients.

    Args:
        every: Steps between two readings by the loop. With 1 each step is checked before it moves a parameter; with
            more, the device is waited for at the readings only, and a number that is not finite is found there.
    """

    def __init__(self, every: int) -> None:
        self.every = every
        self._waiting: list[tuple[int, list[str], Tensor]] = []
        self._rows: dict[int, dict[str, float]] = {}

    def note(self, step: int, names: list[str], values: Tensor, parameters: Iterable[tuple[str, Tensor]]) -> None:
        """Keeps the values of a step.

        Args:
            step: Its number, from 1.
            names: Of T loss terms.
            values: (T + 1,) the terms, then the norm of all gradients together.
            parameters: Names and parameters, looked at only if there is something to blame.

        Raises:
            TrainingError: A value is not finite, and every step is read.
        """
        self._waiting.append((step, names, values))
        if self.every == 1:
            self._fetch(parameters)

    def read(self) -> list[tuple[int, dict[str, float]]]:
        """Gives number and terms of each step since the last reading.

        Raises:
            TrainingError: A value is not finite; names the first step where that was so.
        """
        self._fetch(())
        rows, self._rows = self._rows, {}
        return list(rows.items())

    def _fetch(self, parameters: Iterable[tuple[str, Tensor]]) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        values = iter(torch.cat([each for *_, each in waiting]).tolist())  # the only place where a device is waited for
        for step, names, each in waiting:
            *terms, norm = islice(values, len(each))
            row = dict(zip(names, terms, strict=True))
            when = f"at step {step}" if self.every == 1 else f"at step {step} (looked at after step {waiting[-1][0]})"
            _check_terms(row, when)
            _check_gradients(norm, parameters, when)
            self._rows.setdefault(step, {}).update(row)


def check_score(score: float, step: int) -> None:
    """Raises where a validation score is not finite.

    Raises:
        TrainingError: Says so.
    """
    if not math.isfinite(score):
        raise TrainingError(
            f"the validation score is {score} after step {step}.", "check that validation classes have items."
        )


def _check_terms(terms: Mapping[str, float], when: str) -> None:
    """``total`` is blamed only if all of its parts are finite."""
    for name in sorted(terms, key=lambda name: name.rpartition("/")[2] == "total"):
        if not math.isfinite(terms[name]):
            raise TrainingError(f"loss term '{name}' is {terms[name]} {when}.", REMEDY)


def _check_gradients(norm: float, parameters: Iterable[tuple[str, Tensor]], when: str) -> None:
    """The first parameter whose gradient is not finite is blamed, where there are gradients to look at."""
    if math.isfinite(norm):
        return
    bad = (name for name, value in parameters if value.grad is not None and not value.grad.isfinite().all())
    culprit = next(bad, None)
    what = "the norm of the gradient" if culprit is None else f"the gradient of '{culprit}'"
    raise TrainingError(f"{what} is not finite {when}; the losses are.", REMEDY)
