"""Queries and what was found for them: a ring marks the right photos, a cross the wrong ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from zsr_lib.errors import BadInputError

RIGHT, WRONG, INK, PAPER = (0, 90, 170), (213, 94, 0), (20, 20, 20), (255, 255, 255)
"""Colours that colour-blind readers can tell apart; the marks differ in shape as well."""
COLUMNS = 5
"""Results a line: what is still recognisable on a telephone."""


@dataclass(frozen=True, eq=False)
class Answer:
    """One query and the first of its results.

    Attributes:
        title: Written above them, for example the class and the query's AP.
        query: (H, W, 3) uint8.
        results: (K, H, W, 3) uint8, best first.
        right: (K,) bool, whether each result is of the query's class.

    Raises:
        BadInputError: Lengths disagree, or there are no results.
    """

    title: str
    query: np.ndarray
    results: np.ndarray
    right: Sequence[bool]

    def __post_init__(self) -> None:
        if not 0 < len(self.results) == len(self.right):
            raise BadInputError(
                f"'{self.title}' has {len(self.results)} results and {len(self.right)} marks.",
                "give each result one mark, and at least one result.",
            )


def retrieval_grid(answers: Sequence[Answer], tile: int = 96) -> Image.Image:
    """Draws one block for each query: the query twice as large at the left, its results in lines of five.

    Args:
        answers: From top to bottom.
        tile: Side of a result in pixels.

    Returns:
        An RGB image, seven tiles and a little wide.

    Raises:
        BadInputError: There is nothing to draw, or tiles are too small for marks.
    """
    if not answers or tile < 32:
        raise BadInputError(f"{len(answers)} answers in tiles of {tile} px.", "give an answer and 32 px or more.")
    gap, text = max(2, tile // 24), max(12, tile // 5)
    heights = [2 * text + max(2, -(-len(each.results) // COLUMNS)) * (tile + gap) for each in answers]
    sheet = Image.new("RGB", ((COLUMNS + 2) * (tile + gap) + 2 * gap, sum(heights)), PAPER)
    top = 0
    for answer, height in zip(answers, heights, strict=True):
        _draw(sheet, answer, top, _Measures(tile, gap, text))
        top += height
    return sheet


def best_median_worst(values: Sequence[float]) -> dict[str, int]:
    """Which queries to show, so that nobody chooses: rows of the best, the middle and the worst score.

    Args:
        values: (Q,) score of each query; NaN where it has nothing to find. Among equal scores the first row counts as
            the best; of two middle ones the better is taken.

    Returns:
        ``best``, ``median``, ``worst`` → row.

    Raises:
        BadInputError: No query has a score.

    >>> best_median_worst([0.2, 0.9, 0.5])
    {'best': 1, 'median': 2, 'worst': 0}
    """
    values = np.asarray(values, dtype=np.float64)
    order = np.argsort(-values, kind="stable")  # NaN comes last
    order = order[: np.count_nonzero(~np.isnan(values))]
    if not len(order):
        raise BadInputError("no query has a score.", "give one score for each query, of the same metric.")
    places = {"best": 0, "median": (len(order) - 1) // 2, "worst": len(order) - 1}
    return {name: int(order[place]) for name, place in places.items()}


@dataclass(frozen=True)
class _Measures:
    tile: int
    gap: int
    text: int


def _draw(sheet: Image.Image, answer: Answer, top: int, size: _Measures) -> None:
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size.text)
    draw.text((0, top + size.text), answer.title, fill=INK, font=font, anchor="lm")
    top, step = top + 2 * size.text, size.tile + size.gap
    side = 2 * size.tile + size.gap
    sheet.paste(_resized(answer.query, side), (0, top))
    draw.rectangle((0, top, side - 1, top + side - 1), outline=INK)
    for place, (image, right) in enumerate(zip(answer.results, answer.right, strict=True)):
        corner = 2 * (step + size.gap) + place % COLUMNS * step, top + place // COLUMNS * step
        sheet.paste(_resized(image, size.tile), corner)
        _mark(draw, corner, size.tile, bool(right))


def _mark(draw: ImageDraw.ImageDraw, corner: tuple[int, int], tile: int, right: bool) -> None:
    """A frame, and a disc with a ring or a cross in the lower right corner."""
    (left, top), width, radius = corner, max(2, tile // 32), tile // 7
    colour = RIGHT if right else WRONG
    draw.rectangle((left, top, left + tile - 1, top + tile - 1), outline=colour, width=width)
    x, y = left + tile - radius - width, top + tile - radius - width
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=PAPER)
    arm = radius * 6 // 10
    if right:
        draw.ellipse((x - arm, y - arm, x + arm, y + arm), outline=colour, width=width + 1)
    else:
        draw.line((x - arm, y - arm, x + arm, y + arm), fill=colour, width=width + 1)
        draw.line((x - arm, y + arm, x + arm, y - arm), fill=colour, width=width + 1)


def _resized(pixels: np.ndarray, side: int) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return image.resize((side, side), Image.Resampling.NEAREST if image.width <= side else Image.Resampling.BICUBIC)
