"""Stops training at the first number that is not finite, and names it."""

import math
from collections.abc import Iterable, Mapping

import torch

from zsr_lib.errors import ZsrError

REMEDY = "lower training.learning_rate, set training.clip (for example 1.0), and look for NaN in the input features"


class TrainingError(ZsrError):
    """Training that cannot go on; names the term or parameter and the step."""


def check_terms(terms: Mapping[str, float], step: int) -> None:
    """Raises where a loss term is not finite; ``total`` is blamed only if all of its parts are finite.

    Raises:
        TrainingError: Names the term, its value and the step.
    """
    for name in sorted(terms, key=lambda name: name.rpartition("/")[2] == "total"):
        if not math.isfinite(terms[name]):
            raise TrainingError(f"loss term '{name}' is {terms[name]} at step {step}.", f"{REMEDY}.")


def check_gradients(norm: float, parameters: Iterable[tuple[str, torch.Tensor]], step: int) -> None:
    """Raises where the gradient's norm is not finite.

    Args:
        norm: Norm of all gradients together.
        parameters: Names and parameters, looked at only if there is something to blame.
        step: Number of the step.

    Raises:
        TrainingError: Names the first parameter whose gradient is not finite.
    """
    if math.isfinite(norm):
        return
    bad = (name for name, value in parameters if value.grad is not None and not value.grad.isfinite().all())
    culprit = next(bad, None)
    what = "the norm of the gradient" if culprit is None else f"the gradient of '{culprit}'"
    raise TrainingError(f"{what} is not finite at step {step}; the losses are.", f"{REMEDY}.")


def check_score(score: float, step: int) -> None:
    """Raises where a validation score is not finite.

    Raises:
        TrainingError: Says so.
    """
    if not math.isfinite(score):
        raise TrainingError(
            f"the validation score is {score} after step {step}.", "check that validation classes have items."
        )
