"""Training curves: what each loss term did, step by step."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.training.history import History

LINES = ("-", "--", "-.", ":", (0, (3, 1, 1, 1, 1, 1)), (0, (1, 3)))
"""Drawn in this order beside the colours, so that lines can be told apart in grey."""


def loss_curves(axis: Axes, history: History, terms: Sequence[str] | None = None, window: int = 10) -> None:
    """Draws each loss term against the step, on a logarithmic scale, as running means.

    Args:
        axis: Drawn on.
        history: Of a training run.
        terms: Which; every term but ``total`` when None.
        window: Logged steps behind each mean; the first points have fewer.

    Raises:
        BadInputError: Nothing was logged, or the window is empty.
        UnknownNameError: A term was not logged; names the nearest.
    """
    known = [name for name in (history.steps[0] if history.steps else {}) if name not in ("step", "learning_rate")]
    if not known or window < 1:
        raise BadInputError("there are no losses to draw.", "give the history of a trained system, and a window of 1.")
    for term, line in zip(terms or [name for name in known if name != "total"], LINES, strict=False):
        if term not in known:
            raise UnknownNameError("loss term", term, known)
        steps, values = history.curve(term)
        axis.plot(steps, running_mean(values, window), linestyle=line, label=term)
    axis.set(xlabel="step", ylabel="loss term", yscale="log")
    axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))


def score_curves(axis: Axes, curves: Mapping[str, tuple[Sequence[float], Sequence[float]]], name: str) -> None:
    """Draws scores against the step, one line each, with its points.

    Args:
        axis: Drawn on.
        curves: Label → steps and scores, for example of `History.curve`.
        name: Of the score, for the axis.
    """
    for (label, (steps, scores)), line in zip(curves.items(), LINES, strict=False):
        axis.plot(steps, scores, linestyle=line, marker="o", markersize=3, label=label)
    axis.set(xlabel="step", ylabel=name)
    axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))


def running_mean(values: Sequence[float], window: int) -> np.ndarray:
    """(N,) means of each value and up to `window` − 1 before it.

    >>> running_mean([1.0, 3.0, 5.0, 7.0], 2).tolist()
    [1.0, 2.0, 4.0, 6.0]
    """
    sums = np.concatenate([[0.0], np.cumsum(np.asarray(values, dtype=np.float64))])
    ends = np.arange(1, len(sums))
    starts = np.maximum(ends - window, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)
