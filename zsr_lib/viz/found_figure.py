"""A drawing and what it found, as a figure for pages where nobody draws."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zsr_lib.errors import BadInputError
from zsr_lib.search.found import Found
from zsr_lib.viz.overlay import KEY, overlay
from zsr_lib.viz.page import SMALL, page_figure

COLUMNS = 3
"""What is left readable of a photo's class and score on a telephone."""
LINE = 1.72
"""Inches of one line of photos with two lines of text."""


def found_figure(found: Found, looked: int = 0) -> Figure:
    """Draws the drawing, then the photos with class, group and score; always the same for the same answer.

    Args:
        found: At least one photo.
        looked: For how many photos, from the best on, what the system looked at is drawn below.

    Raises:
        BadInputError: There is no photo, or a negative number.
    """
    if not found.photos or looked < 0:
        raise BadInputError(f"{len(found.photos)} photos, {looked} of them looked into.", "draw at least one photo.")
    looked = min(looked, len(found.photos))
    upper, lower = -(-(1 + len(found.photos)) // COLUMNS), -(-looked // COLUMNS)
    figure = page_figure(LINE * (upper + lower) + (0.5 if looked else 0.2))
    axes = figure.subplots(upper + lower, COLUMNS, squeeze=False).ravel()
    for axis in axes:
        axis.set_axis_off()
    _show(axes[0], found.sketch, f"sketch, to\n{found.system}")
    for place, photo in enumerate(found.photos):
        _show(axes[1 + place], photo.pixels, f"{place + 1}  {photo.name}\n{photo.written}  {photo.group}".rstrip())
    for place in range(looked):
        tinted = overlay(found.photos[place].pixels, found.looked_at(place))
        _show(axes[upper * COLUMNS + place], tinted, f"looked at\nin photo {place + 1}")
    if looked:
        figure.supxlabel(KEY.replace("; strongest", ";\nstrongest"), fontsize=SMALL)
    return figure


def _show(axis: Axes, pixels: object, title: str) -> None:
    axis.set_axis_on()
    axis.imshow(pixels)
    axis.set(xticks=[], yticks=[])
    axis.set_title(title, fontsize=SMALL)
