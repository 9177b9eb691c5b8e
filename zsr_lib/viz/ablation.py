"""Ablations: what each change does, beside how much seeds and class choices do."""

from collections.abc import Mapping

from matplotlib.axes import Axes

from zsr_lib.errors import UnknownNameError
from zsr_lib.experiments.averages import Value
from zsr_lib.viz.page import SMALL, legend_below
from zsr_lib.viz.palette import BLUE, FAINT, INK, VERMILION

SPREADS = {
    "sd_splits": ("± sd over class choices", {"linewidth": 6, "alpha": 0.3, "color": BLUE}),
    "sd_seeds": ("± sd over seeds", {"linewidth": 1.3, "capsize": 3, "color": INK}),
}
"""The wide, light bar lies below the thin, dark one with ends: the two can be told apart without colour."""


def ablation_plot(axis: Axes, values: Mapping[str, Value | None], full: str, name: str) -> None:
    """Draws one row a variant: its mean, and two kinds of spread where there is one.

    Args:
        axis: Drawn on; the legend goes below its figure.
        values: Variant → what `zsr_lib.experiments.summary.Row.values` holds for one group and metric, from top to
            bottom; a variant without complete runs is None and says so in its row.
        full: The variant that the others are compared with; a line marks its mean.
        name: Of the score, in full, for the axis.

    Raises:
        UnknownNameError: The full system is not among the variants.
    """
    if full not in values:
        raise UnknownNameError("variant", full, values)
    finished = {place: value for place, value in enumerate(values.values()) if value is not None}
    for spread, (label, style) in SPREADS.items():
        known = {place: value for place, value in finished.items() if getattr(value, spread) is not None}
        if known:
            means, lengths = ([getattr(value, each) for value in known.values()] for each in ("mean", spread))
            axis.errorbar(means, list(known), xerr=lengths, linestyle="", label=label, **style)
    means = [value.mean for value in finished.values()]
    axis.plot(means, list(finished), "o", color=INK, markersize=5, label="mean")
    if (reference := values[full]) is not None:
        axis.axvline(reference.mean, color=VERMILION, linestyle="--", linewidth=1, zorder=0, label=full)
    for place in sorted(set(range(len(values))) - set(finished)):
        at = (0.5, place)
        axis.text(*at, "no complete runs", transform=axis.get_yaxis_transform(), fontsize=SMALL, color=FAINT,
                  ha="center", va="center")  # fmt: skip
    axis.set_yticks(range(len(values)), list(values), fontsize=SMALL)
    axis.set(xlabel=name, ylim=(len(values) - 0.5, -0.5))
    legend_below(axis.figure, axis.get_legend_handles_labels()[0])
