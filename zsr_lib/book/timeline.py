"""The field year by year: what was printed of Sketchy, and what the same systems reach here, as one drawing."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from zsr_lib.experiments.boards import Board
from zsr_lib.reporting.published import Number, Published

_DATASET, _SPLIT, _DIRECTION = "sketchy", "sketchy-25-sake", "sketch→photo"
_PRINTED, _MEASURED = ("mAP@all", "mAP", "mAP@200"), "AP@all/std"
"""Which printed number stands for a system, the first of these that it has; and what was measured here."""
_COLUMN, _HEIGHT, _LEFT, _TOP, _LINE = 118, 460, 40, 14, 13
"""Width of a year, height of the plot, margins and height of a line of text, in pixels."""

_CAPTION = f"""\
A dot is one number that was printed for a system on Sketchy, in the year of the system; the line from it ends at the
ring of what the best stored row of the same system reaches here on `{_SPLIT}`, in {_MEASURED}. Dots do not compare with
each other, nor with rings: lists of classes, galleries, backbones and the meaning of "mAP" differ ([what is known of
each](published)), and ours stand on small backbones and a part of the photos.
"""


def timeline(boards: Sequence[Board], published: Published) -> list[str]:
    """Draws the systems by year and value, as lines of MyST with a caption.

    Args:
        boards: As `zsr_lib.experiments.boards.boards_of` gives them.
        published: Printed numbers; a system without a year is left out.
    """
    printed, measured = printed_of(published), measured_of(boards)
    first, last = min(printed), max(printed)
    marks = [mark for year, numbers in printed.items() for mark in _column(year - first, numbers, measured)]
    width, height = _LEFT + _COLUMN * (last - first + 1), _TOP + _HEIGHT + 24
    label = f"Printed and measured average precision of {sum(map(len, printed.values()))} systems, {first} to {last}."
    return [
        '<div class="timeline" role="region" aria-label="Timeline" tabindex="0">',
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{label}">',
        *_axes(range(first, last + 1), width),
        *marks,
        "</svg>",
        "</div>\n",
        _CAPTION,
    ]


def printed_of(published: Published) -> dict[int, list[Number]]:
    """Year → one printed number of each of its systems, the largest first."""
    first: dict[str, Number] = {}
    for metric in _PRINTED:
        for number in published.numbers:
            at = (number.dataset, number.protocol, number.direction, number.metric)
            if number.year and at == (_DATASET, "zero-shot", _DIRECTION, metric):
                first.setdefault(number.system, number)
    years: dict[int, list[Number]] = {}
    for number in sorted(first.values(), key=lambda each: -each.fraction):
        years.setdefault(number.year or 0, []).append(number)
    return years


def measured_of(boards: Sequence[Board]) -> dict[str, float]:
    """System, as printed tables name it → its best row on the split."""
    return {
        number.system: value.mean
        for board in boards
        if (board.dataset, board.name, board.direction) == (_DATASET, _SPLIT, _DIRECTION)
        for entry in reversed(board.entries)  # best first, so that the best is written last
        if (value := entry.values.get(_MEASURED)) is not None
        for number in entry.numbers
    }


def _axes(years: range, width: int) -> Iterator[str]:
    for tenth in range(0, 10, 2):
        y = _y(tenth / 10)
        yield f'<line class="grid" x1="{_LEFT}" x2="{width}" y1="{y}" y2="{y}"/>'
        yield f'<text class="axis" x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{tenth / 10:.1f}</text>'
    for place, year in enumerate(years):
        yield f'<text class="axis" x="{_x(place)}" y="{_TOP + _HEIGHT + 18}" text-anchor="middle">{year}</text>'


def _column(place: int, numbers: Sequence[Number], measured: Mapping[str, float]) -> Iterator[str]:
    """Dots of one year from above to below; names move down where they would touch."""
    x, free, aside = _x(place), 0.0, _x(place)
    for number in numbers:
        y, name = _y(number.fraction), escape(number.system)
        free = max(y + 4, free + _LINE)
        if (ours := measured.get(number.system)) is not None:
            aside -= 11
            yield f'<line class="here" x1="{x}" x2="{aside}" y1="{y}" y2="{_y(ours)}"/>'
            title = f"<title>{name} here: {ours:.3f}</title>"
            yield f'<circle class="here" cx="{aside}" cy="{_y(ours)}" r="4">{title}</circle>'
        title = f"<title>{name}: {number.metric} {number.printed} ({escape(number.source)})</title>"
        yield f'<circle class="printed" cx="{x}" cy="{y}" r="4">{title}</circle>'
        yield f'<text x="{x + 8}" y="{free:.1f}">{name}</text>'


def _x(place: int) -> float:
    return _LEFT + _COLUMN * place + 40


def _y(value: float) -> float:
    return round(_TOP + _HEIGHT * (1 - value / 0.9), 1)
