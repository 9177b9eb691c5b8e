"""Pictures of built pages: WebP, one for each theme, loaded when a reader comes near, in a box of their size."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from PIL import Image

from zsr_lib.book.dark_twin import dark_twin, on_white

WIDEST = 1400
"""Pixels: the column of a page is half as wide at most, and screens have up to two for each."""
QUALITIES = ({"quality": 82}, {"lossless": True})
"""The smaller one is kept: without loss for lines and words, with a little loss for photos."""


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
        tag.wrap(page.new_tag("span", attrs={"class": "zsr-twins"})).append(twins[1])
    kinds = ["dark-light"] if len(names) == 1 else ["only-light", "only-dark"]
    for twin, name, kind in zip(twins, names, kinds, strict=True):
        twin["src"], twin["class"] = f"{start}/{name}", [*twin.get_attribute_list("class"), kind]
