"""Which classes are found: one horizontal bar a class, the best one on top."""

from collections.abc import Mapping, Sequence
from statistics import mean, stdev

import numpy as np
from matplotlib.axes import Axes

from zsr_lib.errors import BadInputError
from zsr_lib.viz.page import SMALL, legend_below
from zsr_lib.viz.palette import BLUE, INK, VERMILION


def class_bars(
    axis: Axes, values: Mapping[str, Sequence[float]], name: str, chance: float | Mapping[str, float] | None = None
) -> None:
    """Draws the mean over seeds of each class's score, sorted, with its sample standard deviation over seeds.

    Args:
        axis: Drawn on; the legend goes below its figure.
        values: Class → its score for each seed, as `zsr_lib.evaluation.score.Evaluation.per_class` gives them.
        name: Of the score, in full, for the axis.
        chance: What a random ranking scores: for all classes, or for each one where their galleries differ.

    Raises:
        BadInputError: There is no class, a class without a score, or one without its chance.
    """
    if not values or not all(len(scores) for scores in values.values()):
        raise BadInputError("there are classes without a score, or none at all.", "give each class one or more scores.")
    means = {label: mean(scores) for label, scores in values.items()}
    order = sorted(means, key=lambda label: (-means[label], label))
    places = np.arange(len(order))
    axis.barh(places, [means[label] for label in order], height=0.7, color=BLUE, alpha=0.75)
    spread = [place for place in places if len(values[order[place]]) > 1]
    axis.errorbar(
        [means[order[place]] for place in spread],
        spread,
        xerr=[stdev(values[order[place]]) for place in spread],
        linestyle="",
        color=INK,
        linewidth=1.2,
        capsize=2,
        label="± sd over seeds" if spread else None,
    )
    if chance is not None:
        _draw_chance(axis, order, dict.fromkeys(order, chance) if isinstance(chance, int | float) else chance)
    axis.set_yticks(places, order, fontsize=SMALL)
    axis.set(xlabel=name, ylim=(len(order) - 0.5, -0.5), xlim=(0, None))
    legend_below(axis.figure, axis.get_legend_handles_labels()[0])


def _draw_chance(axis: Axes, order: Sequence[str], chance: Mapping[str, float]) -> None:
    """One line a class; equal ones join to a single line."""
    if missing := [label for label in order if label not in chance]:
        raise BadInputError(f"no chance is given for {', '.join(missing)}.", "give it for each class, or one number.")
    places = np.arange(len(order))
    levels = [chance[label] for label in order]
    axis.vlines(levels, places - 0.5, places + 0.5, color=VERMILION, linewidth=1.8, label="chance")
