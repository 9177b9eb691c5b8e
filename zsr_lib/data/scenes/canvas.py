"""The index canvas: for each pixel, which part of the scene is on top.

Colours, heights, light and the lines hidden from a drawing hand are all looked up from this one picture, so that they
agree to the pixel.
"""

import numpy as np
from PIL import Image, ImageDraw

from zsr_lib.data.scenes.geometry import Points


def index_canvas(outlines: list[Points], side: int) -> np.ndarray:
    """Draws closed polygons on top of each other.

    Args:
        outlines: Polygons in the unit square, bottom first.
        side: Pixels from side to side.

    Returns:
        (side, side) int32: 0 where there is none, else 1 + the index of the topmost polygon.
    """
    image = Image.new("I", (side, side), 0)
    draw = ImageDraw.Draw(image)
    for number, outline in enumerate(outlines, start=1):
        if len(outline) > 2:
            draw.polygon([(_pixel(x, side), _pixel(y, side)) for x, y in outline], fill=number)
    return np.asarray(image, dtype=np.int32)


def _pixel(unit: float, side: int) -> int:
    # Far-away corners are cut off, because Pillow's polygon filler slows down with the size of a polygon.
    return round(min(max(unit, -3.0), 4.0) * side - 0.5)
