"""Figures that stay readable on a telephone: one narrow column, whatever the screen."""

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.figure import Figure

WIDTH = 4.2
"""Inches. Shown 390 px wide, letters of 8 points are then 10 px high."""
SMALL = 8
"""Points; nothing is written smaller."""


def page_figure(height: float) -> Figure:
    """An empty figure of pyplot, as wide as a narrow page, that keeps its labels and legends within its edges.

    Args:
        height: Inches.
    """
    from matplotlib import pyplot

    return pyplot.figure(figsize=(WIDTH, height), layout="constrained")


def height_of(rows: int) -> float:
    """Inches that `rows` lines of text with a horizontal bar each need, an axis and a legend included."""
    return 1.0 + 0.2 * rows


def legend_below(figure: Figure, handles: Sequence[Artist]) -> None:
    """Writes a legend in two columns below everything else; beside it there would be no room for a picture."""
    figure.legend(handles=handles, loc="outside lower center", ncols=2, fontsize=SMALL, frameon=False)
