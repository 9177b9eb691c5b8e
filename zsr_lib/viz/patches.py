"""Patches of pictures: what was looked at, what was left out, and which of a sketch belong to which of a photo."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch

from zsr_lib.errors import BadInputError
from zsr_lib.viz.page import page_figure
from zsr_lib.viz.palette import OKABE_ITO

LEFT_OUT = 0.12
"""Share of a picture that still shines through where its patches were left out."""


def patch_map(values: np.ndarray, places: np.ndarray, grid: int, side: int) -> np.ndarray:
    """Numbers of some patches as a map: the same number all over a patch, 0 where there is none.

    Args:
        values: (n,) one for each patch.
        places: (n,) which patches of the grid, in reading order counted from 0.
        grid: Patches along a side.
        side: Of the map in pixels, a multiple of `grid`.

    Returns:
        (side, side) float64.

    Raises:
        BadInputError: Lengths disagree, the side is no multiple, or a place is not in the grid.
    """
    places = np.asarray(places)
    if len(values) != len(places) or side % grid or not ((places >= 0) & (places < grid**2)).all():
        raise BadInputError(
            f"{len(values)} numbers for {len(places)} places of a grid of {grid} on {side} pixels.",
            f"give a number a place, places 0 … {grid**2 - 1}, and a side that {grid} divides.",
        )
    cells = np.zeros(grid**2)
    cells[places] = values
    return cells.reshape(grid, grid).repeat(side // grid, axis=0).repeat(side // grid, axis=1)


def kept_patches(picture: np.ndarray, places: np.ndarray, grid: int) -> np.ndarray:
    """The picture, faded to grey paper where patches were left out.

    Args:
        picture: (S, S, 3) uint8.
        places: (n,) patches that were kept.
        grid: Patches along a side.

    Returns:
        (S, S, 3) uint8.

    Raises:
        BadInputError: As `patch_map`.
    """
    kept = patch_map(np.ones(len(places)), places, grid, picture.shape[0])[..., None] > 0
    faded = LEFT_OUT * picture + (1 - LEFT_OUT) * 200
    return np.where(kept, picture, np.rint(faded)).astype(np.uint8)


def matches_figure(
    sketch: np.ndarray, photo: np.ndarray, pairs: Sequence[tuple[int, int]], grid: int, height: float = 2.2
) -> Figure:
    """A sketch beside a photo, with a line from each patch of the one to its patch of the other.

    Args:
        sketch: (S, S, 3) uint8.
        photo: (R, R, 3) uint8.
        pairs: Patch of the sketch, patch of the photo.
        grid: Patches along a side of either.
        height: Inches.
    """
    figure = page_figure(height)
    axes = figure.subplots(1, 2)
    for ax, picture in zip(axes, (sketch, photo), strict=True):
        ax.imshow(picture)
        ax.set_axis_off()
    for number, pair in enumerate(pairs):
        ends = [middle_of(place, grid, each.shape[0]) for place, each in zip(pair, (sketch, photo), strict=True)]
        colour = OKABE_ITO[number % len(OKABE_ITO)]
        style = {"color": colour, "linewidth": 1.2, "arrowstyle": "-"}
        figure.add_artist(ConnectionPatch(*ends, "data", "data", axesA=axes[0], axesB=axes[1], **style))
        for ax, end in zip(axes, ends, strict=True):
            ax.plot(*end, "o", color=colour, markersize=4, markeredgecolor="white")
    return figure


def middle_of(place: int, grid: int, side: int) -> tuple[float, float]:
    """Where a patch's middle lies, in pixels: x, then y.

    >>> middle_of(5, 4, 64)  # second row, second column
    (23.5, 23.5)
    """
    row, column = divmod(place, grid)
    return ((column + 0.5) * side / grid - 0.5, (row + 0.5) * side / grid - 0.5)
