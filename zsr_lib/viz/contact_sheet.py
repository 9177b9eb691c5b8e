"""Contact sheets: one row per class with its name, photos on the left, sketches on the right."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadInputError

COLOURS = ("red", "green", "blue")
INK, FAINT, PAPER = (20, 20, 20), (130, 130, 130), (255, 255, 255)
MOST_TILE, MOST_PIXELS = 1024, 200 * 10**6
"""Largest tile and sheet; a sheet of 200 million pixels takes 600 MB while it is drawn."""


@dataclass(frozen=True)
class Layout:
    """Measures of a sheet in pixels, all derived from the side of a tile."""

    tile: int
    per_class: int
    label_width: int

    @property
    def gap(self) -> int:
        """Between tiles."""
        return max(2, self.tile // 32)

    @property
    def text(self) -> int:
        """Height of letters."""
        return max(12, self.tile // 6)

    @property
    def header(self) -> int:
        """Height of the line with the modalities' names."""
        return 2 * self.text

    @property
    def step(self) -> int:
        """From one tile to the next."""
        return self.tile + self.gap

    def left(self, group: int) -> int:
        """Left edge of the columns of modality number `group`."""
        return self.label_width + group * (self.per_class * self.step + 4 * self.gap)

    def top(self, row: int) -> int:
        """Upper edge of class row number `row`."""
        return self.header + row * self.step


def contact_sheet(
    items: Mapping[str, ItemSet], classes: Sequence[str] | None = None, per_class: int = 6, tile: int = 96
) -> Image.Image:
    """Draws a contact sheet.

    Args:
        items: Column title → items with pixels; all with the same classes. What is not RGB in 8 bits is stretched,
            tile by tile and band by band.
        classes: Rows; all classes when None.
        per_class: Tiles per class and item set. They are spread evenly over the class's items, so that one
            sees more of the class than its first, often similar, images.
        tile: Side of a tile in pixels; small images are enlarged without smoothing.

    Returns:
        An RGB image. A class without items shows that in words.

    Raises:
        UnknownNameError: A class is not in the item sets.
        BadInputError: There is nothing to show, items have no pixels, or there are more than fit on a sheet.
    """
    if not items or per_class < 1 or not 16 <= tile <= MOST_TILE:
        raise BadInputError(
            f"a contact sheet of {len(items)} item sets, {per_class} per class, tiles of {tile} px.",
            f"give at least one item set, 1 image per class and tiles of 16 to {MOST_TILE} px.",
        )
    if blank := [title for title, each in items.items() if each.pixels is None]:
        raise BadInputError(f"{' and '.join(blank)} have no pixels to show.", "show a modality that has.")
    classes = tuple(classes or next(iter(items.values())).classes)
    layout = _layout(classes, per_class, tile)
    size = layout.left(len(items)), layout.top(len(classes))
    if math.prod(size) > MOST_PIXELS:
        raise BadInputError(
            f"a contact sheet of {size[0]} × {size[1]} px is too large.", "ask for fewer images, or smaller tiles."
        )
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    for group, (title, each) in enumerate(items.items()):
        _write(draw, layout, (layout.left(group), layout.text), title, FAINT)
        for row, name in enumerate(classes):
            _draw_row(sheet, draw, layout, (layout.left(group), layout.top(row)), each.of_classes([name]))
    for row, name in enumerate(classes):
        _write(draw, layout, (layout.gap, layout.top(row) + tile // 2), name, INK)
    return sheet


def evenly(count: int, wanted: int) -> np.ndarray:
    """At most `wanted` indices below `count`, spread evenly, ascending."""
    return np.unique(np.linspace(0, count - 1, min(wanted, count)).round().astype(np.int64)) if count else np.arange(0)


def _draw_row(
    sheet: Image.Image, draw: ImageDraw.ImageDraw, layout: Layout, corner: tuple[int, int], items: ItemSet
) -> None:
    left, top = corner
    if not len(items):
        _write(draw, layout, (left, top + layout.tile // 2), "none", FAINT)
    for column, row in enumerate(evenly(len(items), layout.per_class)):
        tile = Image.fromarray(_picture(np.asarray(items.pixels[row]), items.bands))
        enlarge = tile.width <= layout.tile
        tile = tile.resize((layout.tile,) * 2, Image.Resampling.NEAREST if enlarge else Image.Resampling.BICUBIC)
        sheet.paste(tile, (left + column * layout.step, top))
        edge = (left + column * layout.step, top, left + column * layout.step + layout.tile - 1, top + layout.tile - 1)
        draw.rectangle(edge, outline=(200, 200, 200))


def _picture(pixels: np.ndarray, bands: Sequence[str]) -> np.ndarray:
    """(H, W, 3) uint8 as it is; of other types and bands, red, green and blue or else the first, stretched."""
    if pixels.dtype == np.uint8 and pixels.shape[2] == 3:
        return pixels
    shown = [bands.index(each) for each in COLOURS] if set(COLOURS) <= set(bands) else [0, 0, 0]
    low, high = np.percentile(pixels[..., shown], (2, 98), axis=(0, 1))
    return ((pixels[..., shown] - low) / np.maximum(high - low, 1e-9) * 255).clip(0, 255).astype(np.uint8)


def _layout(classes: Sequence[str], per_class: int, tile: int) -> Layout:
    plain = Layout(tile, per_class, 0)
    font = ImageFont.load_default(plain.text)
    widest = max((font.getlength(name) for name in classes), default=0)
    return Layout(tile, per_class, int(widest) + 4 * plain.gap)


def _write(
    draw: ImageDraw.ImageDraw, layout: Layout, at: tuple[int, int], text: str, colour: tuple[int, int, int]
) -> None:
    draw.text(at, text, fill=colour, font=ImageFont.load_default(layout.text), anchor="lm")
