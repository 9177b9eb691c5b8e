"""Strokes in ink, as the sketch pad draws them.

Generated scenes have a rasteriser of their own (`zsr_lib.data.scenes.sketch`), whose bytes no change here may touch.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

Stroke = tuple[Sequence[float], Sequence[float]]
"""Columns and rows of a stroke's points, in pixels of the pad: Quick, Draw!'s format."""
SIDE, PEN, FINE = 256, 4, 4
"""The pad's side and its usual pen, in pixels; the factor by which drawings are inked larger and then shrunk."""


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
