"""The picture on the front page: sketches that ask, photos that answer. ``python -m zsr_lib.viz.overview FILE.png``."""

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from zsr_lib.data.scenes import render_photo, render_sketch
from zsr_lib.files import atomic_path

QUERIES = (("runway", "runway", 3), ("storagetanks", "storage tanks", 1), ("roundabout", "roundabout", 0))
"""Class, its name in words, and which generated sketch of it asks."""

PHOTOS, SIDE, GAP, TOP = 5, 150, 12, 34
ARROW = 130
"""Pixels between the sketch and its photos."""

INK, PAPER, FAINT = (34, 34, 34), (255, 255, 255), (120, 120, 120)


def overview() -> Image.Image:
    """One row per query: a generated sketch, an arrow, and generated photos of the class. Same bytes every time."""
    width = GAP + SIDE + ARROW + PHOTOS * (SIDE + GAP)
    picture = Image.new("RGB", (width, TOP + len(QUERIES) * (SIDE + GAP)), PAPER)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size=17)
    draw.text((GAP, 8), "a sketch asks …", INK, font)
    draw.text((GAP + SIDE + ARROW, 8), "… photos of a class that was never seen in training answer", INK, font)
    for row, (name, words, index) in enumerate(QUERIES):
        _row(picture, draw, TOP + row * (SIDE + GAP), name, index)
        centre = (GAP + SIDE + ARROW // 2, TOP + row * (SIDE + GAP) + SIDE // 2 + 26)
        draw.text(centre, words, FAINT, font, anchor="mm")
    return picture


def _row(picture: Image.Image, draw: ImageDraw.ImageDraw, top: int, name: str, index: int) -> None:
    picture.paste(Image.fromarray(render_sketch(name, 0, index, SIDE)), (GAP, top))
    draw.rectangle((GAP, top, GAP + SIDE - 1, top + SIDE - 1), outline=FAINT)
    start, end, middle = GAP + SIDE + 26, GAP + SIDE + ARROW - 26, top + SIDE // 2
    draw.line((start, middle, end - 14, middle), INK, 4)
    draw.polygon([(end - 16, middle - 9), (end, middle), (end - 16, middle + 9)], INK)
    for column in range(PHOTOS):
        photo = Image.fromarray(render_photo(name, 0, index + column, SIDE))
        picture.paste(photo, (GAP + SIDE + ARROW + column * (SIDE + GAP), top))


def main() -> None:
    """Writes the picture to the file named on the command line."""
    with atomic_path(Path(sys.argv[1])) as temporary:
        overview().quantize(200, dither=Image.Dither.NONE).save(temporary, format="PNG", optimize=True)


if __name__ == "__main__":
    main()
