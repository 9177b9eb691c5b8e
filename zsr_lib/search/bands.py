"""Which bands of a raster are red, green and blue, and what its numbers mean where they are numbers of colours."""

import re
from pathlib import Path
from typing import Any

import numpy as np

COLOURS = ("red", "green", "blue")
SENTINEL = ("b04", "b03", "b02")
"""Names of the same three bands in products of Sentinel-2."""

POLARISATIONS = {"vv", "vh", "hh", "hv"}
"""Of radar; as words of a band's name, such as ``Sigma0_VV``."""


def bands_of(opened: Any) -> list[int]:
    """Numbers, from 1, of the bands to show.

    Those that are named red, green and blue come first; then those whose colour the file tells; then the first three;
    of fewer bands the first alone, as grey.

    Args:
        opened: A rasterio data set.
    """
    names = [(name or "").strip().lower() for name in opened.descriptions]
    told = [each.name for each in opened.colorinterp]
    for wanted, there in ((COLOURS, names), (SENTINEL, names), (COLOURS, told)):
        if all(each in there for each in wanted):
            return [there.index(each) + 1 for each in wanted]
    return [1, 2, 3] if opened.count >= 3 else [1]


def is_radar(opened: Any, path: Path) -> bool:
    """Whether a rasterio data set holds backscatter of a radar: bands, tags or the file's name tell a polarisation.

    A name counts for one or two bands only, as products of Sentinel-1 have them (``s1a-iw-grd-vv-….tiff``).
    """
    told = [*(name or "" for name in opened.descriptions), *map(str, opened.tags().values())]
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
