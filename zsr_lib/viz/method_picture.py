"""One picture a system: boxes for what there is, arrows for what becomes of it, in the same style in every chapter."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from matplotlib.axes import Axes

from zsr_lib.errors import UnknownNameError

Kind = Literal["title", "given", "fixed", "learned", "loss"]
FILLS: dict[Kind, str] = {
    "title": "none",
    "given": "#ffffff",
    "fixed": "#e3e3e3",
    "learned": "#cfe6f5",
    "loss": "#fbe0cd",
}
"""Words without a box, what is given, what stays as it is, what training changes, and what it makes small."""
MEANINGS = "plain: given · grey: not trained · blue: trained · orange: made small by training"


class Box(NamedTuple):
    """A box: its middle, in columns from the left and rows from below, its words, and what it is."""

    column: float
    row: float
    text: str
    kind: Kind = "given"


def method_picture(ax: Axes, boxes: Mapping[str, Box], arrows: Sequence[tuple[str, str]], size: float = 8) -> None:
    """Draws boxes and arrows onto axes; below them stands what the colours mean.

    Args:
        ax: Where.
        boxes: Name → box.
        arrows: (from, to) by the boxes' names.
        size: Of the words, in points.

    Raises:
        UnknownNameError: An arrow names no box, or a box is of no known kind.
    """
    for name in [name for arrow in arrows for name in arrow]:
        if name not in boxes:
            raise UnknownNameError("box", name, boxes)
    drawn = {}
    for name, (column, row, text, kind) in boxes.items():
        if kind not in FILLS:
            raise UnknownNameError("kind of box", kind, FILLS)
        style = {
            "boxstyle": "round,pad=0.35",
            "fc": FILLS[kind],
            "ec": "0.35" if kind != "title" else "none",
            "lw": 0.8,
        }
        words = {"ha": "center", "va": "center", "fontsize": size, "color": "black", "zorder": 2}
        drawn[name] = ax.text(column, row, text, bbox=style, **words)
    for start, end in arrows:  # after the boxes, whose edges they end at
        style = {"arrowstyle": "-|>", "color": "0.35", "lw": 0.9, "shrinkA": 1, "shrinkB": 1}
        style |= {"patchA": drawn[start].get_bbox_patch(), "patchB": drawn[end].get_bbox_patch()}
        ax.annotate("", boxes[end][:2], boxes[start][:2], arrowprops=style, zorder=3)
    columns, rows = ([box[axis] for box in boxes.values()] for axis in (0, 1))
    ax.set(xlim=(min(columns) - 0.6, max(columns) + 0.6), ylim=(min(rows) - 0.9, max(rows) + 0.5))
    ax.text(sum(ax.get_xlim()) / 2, min(rows) - 0.75, MEANINGS, ha="center", fontsize=size - 1, color="0.35")
    ax.set_axis_off()
