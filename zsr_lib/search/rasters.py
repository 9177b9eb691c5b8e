"""GeoTIFFs and rasters of any depth through rasterio: windows of what may be larger than memory, with their place.

Rasters of more than 8 bits have no white: a scene's 2nd and 98th percentiles, taken over all bands alike so that
colours keep their balance, become black and white.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from zsr_lib.data.images import MAX_PIXELS
from zsr_lib.errors import BadFileError
from zsr_lib.search.ground import place_of
from zsr_lib.search.scenes import Scene
from zsr_lib.search.windows import Window

PERCENTILES = (2, 98)
GLANCE = 1024
"""Largest side of the reduced picture on which percentiles are measured."""
_REPLACE = "replace the file by a good copy, or delete it."


class Raster(Scene):
    """An open rasterio data set; of several bands the first three are red, green and blue."""

    def __init__(self, path: Path, opened: Any) -> None:
        self._path, self._opened = path, opened
        self.width, self.height = opened.width, opened.height
        self._bands = [1, 2, 3] if opened.count >= 3 else [1]

    def read(self, window: Window, size: int) -> np.ndarray:
        """(size, size, 3) uint8; values between the scene's black and white become 0 to 255."""
        from rasterio.enums import Resampling

        values = self._values(window, (size, size), resampling=Resampling.cubic).filled(self._range[0])
        low, high = self._range
        shades = np.rint(np.clip((np.nan_to_num(values, nan=low) - low) / (high - low), 0, 1) * 255)
        pixels = shades.astype(np.uint8).transpose(1, 2, 0)
        return np.ascontiguousarray(np.broadcast_to(pixels, (size, size, 3)))

    def place(self, window: Window) -> dict[str, Any]:
        """As `Scene.place`."""
        if self._opened.crs is None:
            return {}
        return place_of(self._opened.crs, self._opened.transform, window)

    @cached_property
    def _range(self) -> tuple[float, float]:
        if set(self._opened.dtypes) == {"uint8"}:
            return 0.0, 255.0
        shape = min(GLANCE, self.height), min(GLANCE, self.width)
        glance = self._values(Window(0, 0, self.width, self.height), shape).compressed()
        glance = glance[np.isfinite(glance)]
        if not len(glance):
            raise BadFileError(f"{self._path} holds no value.", _REPLACE)
        low, high = np.percentile(glance, PERCENTILES)
        return float(low), float(high if high > low else low + 1)

    def _values(self, window: Window, shape: tuple[int, int], **options: Any) -> np.ma.MaskedArray:
        from rasterio.errors import RasterioError
        from rasterio.windows import Window as Part

        try:
            found = self._opened.read(
                self._bands, window=Part(*window), out_shape=(len(self._bands), *shape), masked=True, **options
            )
        except RasterioError as error:
            raise BadFileError(f"{self._path} is damaged or truncated ({error}).", _REPLACE) from error
        return found.astype(np.float64)


@contextmanager
def open_raster(path: Path, data: bytes | None = None) -> Iterator[Raster | None]:
    """The raster in a TIFF; None for a plain picture, and where rasterio is not installed.

    Raises:
        BadFileError: Damaged, or no TIFF.
    """
    try:
        import rasterio
        from rasterio.errors import NotGeoreferencedWarning, RasterioError
    except ImportError:
        yield None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        try:
            opened = rasterio.open(path if data is None else io.BytesIO(data))
        except RasterioError as error:
            raise BadFileError(f"{path} is damaged or no TIFF ({error}).", _REPLACE) from error
    with opened:
        small = opened.width * opened.height <= MAX_PIXELS
        plain = set(opened.dtypes) == {"uint8"} and opened.crs is None and small
        yield None if plain else Raster(path, opened)
