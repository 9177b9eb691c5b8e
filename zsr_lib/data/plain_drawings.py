"""Plain drawings: what somebody who tries the search for the first time may draw, five of each class.

They are strokes in a file beside this one, made for this purpose by one author in five manners, before any system was
asked with them. Nothing is trained or chosen on them: they measure what the page promises.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from zsr_lib.data.items import ItemSet

Stroke = tuple[Sequence[float], Sequence[float]]
"""Columns and rows of a stroke's points, in pixels of the pad: Quick, Draw!'s format."""
SIDE, PEN, FINE = 256, 4, 4
"""The pad's side and its usual pen, in pixels; the factor by which drawings are inked larger and then shrunk."""
FILE = Path(__file__).with_name("plain_drawings.json")


def plain_strokes() -> dict[str, list[list[Stroke]]]:
    """Class → its drawings, each a list of strokes."""
    return json.loads(FILE.read_text(encoding="utf-8"))["drawings"]


def plain_drawings(pen: float = PEN) -> ItemSet:
    """All of them in ink: (N, SIDE, SIDE, 3) pixels, class after class, of origin ``hand``.

    Args:
        pen: Width of a line in pixels.
    """
    strokes = plain_strokes()
    made = [(label, number, each) for label, every in enumerate(strokes.values()) for number, each in enumerate(every)]
    names = tuple(strokes)
    ids = np.array([f"{names[label]}/plain/{number}" for label, number, _ in made])
    pixels = np.stack([inked(each, pen) for _, _, each in made])
    return ItemSet(ids, np.array([label for label, _, _ in made]), names, "sketch", "hand", pixels=pixels)


def inked(strokes: Sequence[Stroke], pen: float = PEN, side: int = SIDE) -> np.ndarray:
    """Strokes in black ink with round ends on white paper: (side, side, 3) uint8.

    Args:
        strokes: In pixels of the pad, whatever `side` is.
        pen: Width of a line, likewise.
        side: Of the result.
    """
    scale = FINE * side / SIDE
    paper = Image.new("L", (FINE * side, FINE * side), 255)
    draw = ImageDraw.Draw(paper)
    for columns, rows in strokes:
        points = [((x + 0.5) * scale, (y + 0.5) * scale) for x, y in zip(columns, rows, strict=True)]
        draw.line(points, fill=0, width=round(pen * scale), joint="curve")
        for x, y in (points[0], points[-1]):
            radius = pen * scale / 2
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    return np.repeat(np.asarray(paper.reduce(FINE))[..., None], 3, axis=2)
