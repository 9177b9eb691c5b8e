"""Pictures of built pages: WebP, one for each theme, loaded when a reader comes near, in a box of their size."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from bs4 import BeautifulSoup, Tag
from PIL import Image
from scipy import ndimage

WIDEST = 1400
"""Pixels: the column of a page is half as wide at most, and screens have up to two for each."""
WIDE = 600
"""Pixels: letters of a wider drawing would be too small to read on a telephone, where it scrolls instead."""
QUALITIES = ({"quality": 82}, {"lossless": True})
"""The smaller one is kept: without loss for lines and words, with a little loss for photos."""
PAPER, INK = (18, 18, 18), (222, 228, 234)
"""RGB of the page's background and of its text in the dark theme."""
SMALLEST, FULL, COLOURS, PLAIN = 24, 0.9, 64, 0.4
"""What tells a photo from a bar or a box with words: its least side in pixels, the part of its rectangle that is not
white, its colours, and the largest part of it that may be of one colour."""
DIMMEST, LIFT = 150, 0.6
"""Lightness, 0 … 255, that strong colours have in the dark at least, and how strong one must be for that."""


@dataclass(frozen=True)
class Pictures:
    """What has become of the pictures of a site.

    Attributes:
        made: Picture → its names for the light and the dark theme (one, if both are the same), and its size in pixels.
    """

    made: dict[Path, tuple[list[str], tuple[int, int]]] = field(default_factory=dict)

    def lighten(self, page: BeautifulSoup, folder: Path) -> None:
        """Lets the pictures of `page`, which lies in `folder`, be what they have become."""
        for tag in page.select("article img[src]"):
            path = (folder / str(tag["src"])).resolve()
            if path.suffix != ".png" or not path.is_file():
                continue
            if path not in self.made:
                self.made[path] = _convert(path)
            _show(page, tag, *self.made[path])

    def forget_originals(self, folder: Path) -> None:
        """Deletes the pictures of `folder` that no page shows any more."""
        for path in self.made:
            if path.parent == folder.resolve():
                path.unlink()


def _convert(path: Path) -> tuple[list[str], tuple[int, int]]:
    with Image.open(path) as picture:
        size, light = picture.size, on_white(picture)
    dark, names = dark_twin(light), [f"{path.stem}.webp"]
    _save(light, path.with_name(names[0]))
    if dark is not None:
        names.append(f"{path.stem}.dark.webp")
        _save(dark, path.with_name(names[1]))
    return names, size


def _save(picture: Image.Image, path: Path) -> None:
    picture.thumbnail((WIDEST, 10 * WIDEST))
    path.write_bytes(min((_webp(picture, quality) for quality in QUALITIES), key=len))


def _webp(picture: Image.Image, quality: Mapping[str, object]) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "WEBP", method=4, **quality)
    return stream.getvalue()


def _show(page: BeautifulSoup, tag: Tag, names: list[str], size: tuple[int, int]) -> None:
    start = str(tag["src"]).rpartition("/")[0]
    tag["width"], tag["height"] = map(str, size)
    tag["loading"], tag["decoding"] = "lazy", "async"
    twins = [tag]
    if len(names) == 2:  # In an element of their own: the theme hides captions beside what it does not show.
        twins.append(page.new_tag("img", attrs=dict(tag.attrs)))
        wide = {"class": "zsr-twins zsr-wide", "tabindex": "0"}  # who scrolls by keyboard must reach it
        tag.wrap(page.new_tag("span", attrs=wide if size[0] > WIDE else {"class": "zsr-twins"})).append(twins[1])
    kinds = ["dark-light"] if len(names) == 1 else ["only-light", "only-dark"]
    for twin, name, kind in zip(twins, names, kinds, strict=True):
        twin["src"], twin["class"] = f"{start}/{name}", [*twin.get_attribute_list("class"), kind]


def dark_twin(figure: Image.Image) -> Image.Image | None:
    """Inverts the lightness of everything but photos; hues stay.

    Args:
        figure: Drawn on white.

    Returns:
        The twin, or None for a picture that has (nearly) no paper, which looks the same in both themes.
    """
    light = np.asarray(on_white(figure), np.int16)
    photos = _photos(light)
    if photos.mean() > FULL or (light.min(axis=2) >= 250).mean() < 1 - FULL:
        return None
    # The lightness of HSL is the mean of the largest and the smallest channel; this mirrors it at the middle.
    largest, least = light.max(axis=2, keepdims=True), light.min(axis=2, keepdims=True)
    lightness = 255 - (largest + least) / 2
    # A colour in the middle would be as dim as it was, on paper that is dark now.
    lift = np.clip(np.minimum(DIMMEST, lightness + LIFT * (largest - least)) - lightness, 0, None)
    mirrored = np.clip(light + 255 - largest - least + lift, 0, 255) / 255
    dark = np.asarray(PAPER) + mirrored * (np.asarray(INK) - np.asarray(PAPER))
    return Image.fromarray(np.where(photos[..., None], light, dark).astype(np.uint8))


def on_white(figure: Image.Image) -> Image.Image:
    """The figure as RGB, what is transparent as white."""
    rgba = figure.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")


def _photos(light: np.ndarray) -> np.ndarray:
    """Which pixels of (H, W, 3) lie in full rectangles of many colours: (H, W) booleans."""
    inked = light.min(axis=2) < 255
    labels, _ = ndimage.label(inked)
    found = np.zeros(inked.shape, bool)
    for place in ndimage.find_objects(labels):
        if min(each.stop - each.start for each in place) < SMALLEST or inked[place].mean() < FULL:
            continue
        counts = np.unique(light[place].reshape(-1, 3), axis=0, return_counts=True)[1]
        if len(counts) > COLOURS and counts.max() < PLAIN * counts.sum():
            found[place] = True
    return found
