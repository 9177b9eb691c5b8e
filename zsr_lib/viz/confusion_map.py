"""Which class is found instead of which: a matrix in shades."""

import numpy as np
from matplotlib.axes import Axes

from zsr_lib.evaluation.confusion import Confusion
from zsr_lib.viz.page import SMALL

MOST_NUMBERS = 10
"""Classes up to which cells hold their numbers; beyond, they would be too small to read."""
SHADES = "cividis"
"""Grows in lightness alone for readers with and without colour vision (Nuñez, Anderton and Renslow, PLOS ONE 2018)."""


def confusion_map(axis: Axes, confusion: Confusion) -> None:
    """Draws the shares: a row for each query class, a column for each gallery class, light where much is found.

    With more than ten classes cells hold no numbers, and columns have the rows' numbers instead of names.

    Args:
        axis: Drawn on; the scale of shades goes below it. Many rows fill its height (`zsr_lib.viz.page.height_of`).
        confusion: As `zsr_lib.evaluation.confusion.confusion` gives it.
    """
    shares, many = confusion.shares, len(confusion.gallery) > MOST_NUMBERS
    image = axis.imshow(shares, SHADES, aspect="auto" if many else "equal", vmin=0, vmax=max(shares.max(), 1e-9))
    rows, columns = confusion.queries, confusion.gallery
    if many:
        rows = tuple(f"{name} {number}" for number, name in enumerate(rows, start=1))
        columns = tuple(str(number) if number % 2 else "" for number in range(1, len(columns) + 1))
    axis.set_yticks(range(len(rows)), rows, fontsize=SMALL)
    upright = {} if many else {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    axis.set_xticks(range(len(columns)), columns, fontsize=SMALL, **upright)
    axis.set_xlabel("class of what is found", fontsize=SMALL + 1)
    axis.set_ylabel("class of the query", fontsize=SMALL + 1)
    if not many:
        _write_numbers(axis, shares)
    bar = axis.figure.colorbar(image, ax=axis, location="bottom", shrink=0.7, aspect=30)
    bar.set_label("share of the top R", fontsize=SMALL)
    bar.ax.tick_params(labelsize=SMALL)


def _write_numbers(axis: Axes, shares: np.ndarray) -> None:
    """Each share in its cell, dark on light shades and light on dark ones."""
    middle = shares.max() / 2
    for (row, column), share in np.ndenumerate(shares):
        colour = "black" if share > middle else "white"
        axis.text(column, row, f"{share:.2f}", ha="center", va="center", color=colour, fontsize=SMALL)
