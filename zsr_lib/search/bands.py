"""Which bands of a raster are red, green and blue, and what its numbers mean where they are numbers of colours."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from zsr_lib.errors import BadFileError

Band = int | str
"""Its number, from 1, or its name."""
COLOURS = ("red", "green", "blue")
SENTINEL = ("b04", "b03", "b02")
"""Names of the same three bands in products of Sentinel-2."""

POLARISATIONS = {"vv", "vh", "hh", "hv"}
"""Of radar; as words of a band's name, such as ``Sigma0_VV``."""


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """A block that reads a raster: whatever rasterio makes of damage is told in words.

    Raises:
        BadFileError: The file is damaged.
    """
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import CRSError, RasterioError

    try:
        yield
    except (RasterioError, CRSError, CPLE_BaseError, UnicodeDecodeError) as error:
        problem = f"{path} is damaged or not what its name says ({error})."
        raise BadFileError(problem, "replace the file by a good copy, or delete it.") from error


def names_of(opened: Any) -> list[str]:
    """Names of a rasterio data set's bands in small letters; empty where there is none, or none is UTF-8."""
    try:
        return [(name or "").strip().lower() for name in opened.descriptions]
    except UnicodeDecodeError:
        return [""] * opened.count


def bands_of(opened: Any, path: Path, wanted: Sequence[Band] | None = None) -> list[int]:
    """Numbers, from 1, of the bands to show.

    Without `wanted`, those that are named red, green and blue come first; then those whose colour the file tells; then
    the first three; of fewer bands the first alone, as grey.

    Args:
        opened: A rasterio data set.
        path: Its file.
        wanted: Three, or one as grey.

    Raises:
        BadFileError: It has no such band.
    """
    names = names_of(opened)
    if wanted:
        return [_number(path, opened.count, names, each) for each in wanted]
    told = [each.name for each in opened.colorinterp]
    for usual, there in ((COLOURS, names), (SENTINEL, names), (COLOURS, told)):
        if all(each in there for each in usual):
            return [there.index(each) + 1 for each in usual]
    return [1, 2, 3] if opened.count >= 3 else [1]


def _number(path: Path, count: int, names: list[str], band: Band) -> int:
    if isinstance(band, int) and band <= count:
        return band
    if isinstance(band, str) and band.lower() in names:
        return names.index(band.lower()) + 1
    called = f"called {', '.join(filter(None, names))}" if any(names) else "without names"
    raise BadFileError(f"{path} has {count} bands {called}, no band {band}.", "name bands that all have.")


def is_radar(opened: Any, path: Path) -> bool:
    """Whether a rasterio data set holds backscatter of a radar: bands, tags or the file's name tell a polarisation.

    A name counts for one or two bands only, as products of Sentinel-1 have them (``s1a-iw-grd-vv-….tiff``).
    """
    told = [*names_of(opened), *map(str, opened.tags().values())]
    told += [path.stem] if opened.count <= 2 else []
    return bool(POLARISATIONS & set(re.split("[^a-z0-9]+", " ".join(told).lower())))


def colours_of(opened: Any) -> np.ndarray | None:
    """(N, 4) uint8 red, green, blue and alpha by number, of a data set with one band of such numbers; else None."""
    if opened.count > 1 or opened.colorinterp[0].name != "palette":
        return None
    table = opened.colormap(1)
    colours = np.zeros((max(table) + 1, 4), np.uint8)
    colours[list(table)] = list(table.values())
    return colours


def in_colours(numbers: np.ma.MaskedArray, colours: np.ndarray) -> np.ma.MaskedArray:
    """(3, H, W) uint8 of (1, H, W) numbers of colours; what is transparent, or has no colour, is masked."""
    known = np.minimum(numbers.data[0], len(colours) - 1)
    *shades, alpha = np.moveaxis(colours[known], -1, 0)
    mask = np.ma.getmaskarray(numbers)[0] | (alpha == 0) | (numbers.data[0] >= len(colours))
    return np.ma.masked_array(np.stack(shades), np.broadcast_to(mask, (3, *mask.shape)))
