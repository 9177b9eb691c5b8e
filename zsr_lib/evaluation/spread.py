"""How far a result moves with the choice of unseen classes and with the seed; two systems compared choice by choice.

Seeds and class choices are different dice. A standard deviation over seeds says what another run on the same classes
would give; whether a statement holds for other classes only other choices can tell.
Source: Searle, Casella & McCulloch, "Variance Components", 1992, ch. 3: the balanced one-way random model.
"""

from typing import NamedTuple

import numpy as np

from zsr_lib.errors import BadInputError


class Spread(NamedTuple):
    """Mean, and the parts of its spread, in the unit of the values.

    Attributes:
        mean: Of all values.
        sd_choices: Standard deviation of what a choice of classes adds, seeds taken out.
        sd_seeds: Standard deviation over seeds on the same classes; None for one seed, and then `sd_choices` has both.
        standard_error: Of the mean, as an estimate for choices that were not drawn.
    """

    mean: float
    sd_choices: float
    sd_seeds: float | None
    standard_error: float


class Difference(NamedTuple):
    """First system minus second, over class choices.

    Attributes:
        mean: Of the differences.
        sd: Their standard deviation over choices.
        low: Lower end of the t interval of the mean.
        high: Upper end.
        wins: Choices on which the first system is better.
        choices: Of how many.
    """

    mean: float
    sd: float
    low: float
    high: float
    wins: int
    choices: int

    @property
    def verdict(self) -> str:
        """``better`` or ``worse`` where the interval leaves 0 out, else ``not told apart``."""
        return "better" if self.low > 0 else "worse" if self.high < 0 else "not told apart"


def spread(values: np.ndarray) -> Spread:
    """Takes the spread of results apart.

    With value = mean + choice + seed, the mean of S seeds on one choice varies by σ_choice² + σ_seed² / S. A negative
    estimate of σ_choice² counts as 0.

    Args:
        values: (C, S) a row a choice of classes, a column a seed; at least two choices.

    Raises:
        BadInputError: Fewer than two choices, or a value is missing.
    """
    values = _table(values)
    choices, seeds = values.shape
    between = values.mean(axis=1).var(ddof=1)
    within = values.var(axis=1, ddof=1).mean() if seeds > 1 else 0.0
    return Spread(
        float(values.mean()),
        float(np.sqrt(max(between - within / seeds, 0.0))),
        float(np.sqrt(within)) if seeds > 1 else None,
        float(np.sqrt(between / choices)),
    )


def difference(first: np.ndarray, second: np.ndarray, level: float = 0.95) -> Difference:
    """Compares two systems on the same choices, so that what makes a choice easy for both drops out.

    Args:
        first: (C, S) as for `spread`.
        second: (C, S'); the numbers of seeds may differ, the choices are the same in the same order.
        level: Of the interval.

    Raises:
        BadInputError: Different numbers of choices, fewer than two, or a value is missing.
    """
    from scipy.stats import ttest_rel

    means = [_table(each).mean(axis=1) for each in (first, second)]
    if len(means[0]) != len(means[1]):
        raise BadInputError(
            f"{len(means[0])} choices of classes stand against {len(means[1])}.", "compare systems on the same choices."
        )
    each = means[0] - means[1]
    if np.ptp(each) == 0:  # the t statistic would divide by 0
        low = high = each[0]
    else:
        low, high = ttest_rel(*means).confidence_interval(level)
    wins = int((each > 0).sum())
    return Difference(float(each.mean()), float(each.std(ddof=1)), float(low), float(high), wins, len(each))


def _table(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 2 or len(values) < 2 or not values.size or not np.isfinite(values).all():
        raise BadInputError(
            f"a spread needs a full (choices, seeds) table with two choices or more, not shape {values.shape}.",
            "run more splits, and all seeds on each.",
        )
    return values
