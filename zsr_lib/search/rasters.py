"""GeoTIFFs and rasters of any depth through rasterio: windows of what may be larger than memory, with their place.

Rasters of more than 8 bits have no white: a scene's 2nd and 98th percentiles, taken over all bands alike so that
colours keep their balance, become black and white. No-data has no part in them. Backscatter of a radar is taken in
decibels first, unless it already is: as it comes, a few bright points leave all else black. (Amplitude and intensity
look the same then: their decibels differ by a factor.)
"""

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from zsr_lib.data.images import MAX_PIXELS
from zsr_lib.errors import BadFileError
from zsr_lib.search.bands import Band, bands_of, colours_of, in_colours, is_radar, reading
from zsr_lib.search.ground import place_of
from zsr_lib.search.scenes import Scene
from zsr_lib.search.stac import virtual_of
from zsr_lib.search.virtual import sources_of_virtual
from zsr_lib.search.windows import Window

PERCENTILES = (2, 98)
GLANCE = 1024
"""Largest side of the reduced picture on which percentiles are measured."""
HUGE = 1e30
"""What is as far from zero is no measurement, marked or not: -3.4e38 is often left where nothing was measured."""
NEVER, COMMON = -999, 0.01
"""Where no value is marked as no-data, one up to this, of this share of the pixels and far below all others, is it."""
LOOK, FINE = 64, 4
"""Largest side at which a window is looked at for no-data; what GDAL cannot resample is read so many times as large."""
TIFF = "GTiff"


class Raster(Scene):
    """An open rasterio data set, as red, green and blue or as grey (`zsr_lib.search.bands`).

    Of no-data nothing is shown: what masks, alpha and no-data values of the file name, what is not finite, and what is
    no-data to all appearance (`HUGE`, `NEVER`) is filled with the median of the window.
    """

    def __init__(self, path: Path, opened: Any, bands: Sequence[Band] | None = None) -> None:
        self._path, self._opened = path, opened
        self.width, self.height = opened.width, opened.height
        self._bands, self._colours = bands_of(opened, path, bands), colours_of(opened)
        self._is_picture = set(opened.dtypes) == {"uint8"} or self._colours is not None

    def read(self, window: Window, size: int) -> np.ndarray:
        """(size, size, 3) uint8; values between the scene's black and white become 0 to 255."""
        low, high = self._range
        values = self._coarse(window, size) if self._is_coarse else self._smooth(window, size)
        shades = np.rint(np.clip((values - low) / (high - low), 0, 1) * 255)
        pixels = shades.astype(np.uint8).transpose(1, 2, 0)
        return np.ascontiguousarray(np.broadcast_to(pixels, (size, size, 3)))

    def valid(self, window: Window) -> float:
        """As `Scene.valid`."""
        if self._is_full:
            return 1.0
        shape = min(LOOK, window.height), min(LOOK, window.width)
        return 1 - float(np.ma.getmaskarray(self._values(window, shape)).all(axis=0).mean())

    def place(self, window: Window) -> dict[str, Any]:
        """As `Scene.place`."""
        with reading(self._path):
            return {} if self._opened.crs is None else place_of(self._opened.crs, self._opened.transform, window)

    def _smooth(self, window: Window, size: int) -> np.ndarray:
        """(B, size, size) numbers; GDAL resamples them, and leaves out what the file marks as no-data."""
        from rasterio.enums import Resampling

        # Cubic curves swing below zero beside bright points, where there are no decibels.
        how = Resampling.bilinear if self._is_radar else Resampling.cubic
        return self._filled(self._values(window, (size, size), resampling=how))

    def _coarse(self, window: Window, size: int) -> np.ndarray:
        """(B, size, size) numbers; resampled once colours are looked up and no-data is filled."""
        shape = min(window.height, FINE * size), min(window.width, FINE * size)
        planes = [Image.fromarray(plane.astype(np.float32)) for plane in self._filled(self._values(window, shape))]
        return np.stack([np.asarray(plane.resize((size, size), Image.Resampling.BICUBIC)) for plane in planes])

    def _filled(self, values: np.ma.MaskedArray) -> np.ndarray:
        fill = np.ma.filled(np.ma.median(values.reshape(len(values), -1), axis=1).astype(np.float64), self._range[0])
        return np.where(np.ma.getmaskarray(values), fill[:, None, None], values.data)

    @cached_property
    def _is_full(self) -> bool:
        """Whether every pixel is one, as far as can be told without reading all."""
        from rasterio.enums import MaskFlags

        marks = (self._opened.mask_flag_enums[band - 1] for band in self._bands)
        return self._is_picture and self._colours is None and all(MaskFlags.all_valid in each for each in marks)

    @cached_property
    def _is_coarse(self) -> bool:
        """Whether GDAL would mix what must not be mixed: numbers of colours, or values and unmarked no-data."""
        if self._is_picture:
            return self._colours is not None
        return bool((self._is_nothing(self._glance.data) & ~np.ma.getmaskarray(self._glance)).any())

    @cached_property
    def _range(self) -> tuple[float, float]:
        if self._is_picture:
            return 0.0, 255.0
        glance = self._measured(self._glance).compressed()
        if not len(glance):
            raise BadFileError(f"{self._path} holds no value.", "replace the file by a good copy, or delete it.")
        low, high = np.percentile(glance, PERCENTILES)
        return float(low), float(high if high > low else low + 1)

    @cached_property
    def _glance(self) -> np.ma.MaskedArray:
        """The whole scene, reduced, as the file marks it."""
        return self._marked(Window(0, 0, self.width, self.height), (min(GLANCE, self.height), min(GLANCE, self.width)))

    @cached_property
    def _never(self) -> float | None:
        """What is no-data to all appearance: low, common, and farther from all others than these from each other."""
        if self._is_picture:
            return None
        found = self._glance.compressed()
        found = found[np.abs(found) < HUGE]
        lowest = found.min(initial=np.inf)
        others = found[found > lowest]
        if lowest > NEVER or not len(others) or len(found) - len(others) < COMMON * len(found):
            return None
        return float(lowest) if others.min() - lowest > np.ptp(np.percentile(others, PERCENTILES)) else None

    def _is_nothing(self, values: np.ndarray) -> np.ndarray:
        return ~(np.abs(values) < HUGE) | (False if self._never is None else values == self._never)

    def _values(self, window: Window, shape: tuple[int, int], **options: Any) -> np.ma.MaskedArray:
        """(B, *shape) float64; no-data is masked, marked or not."""
        return self._measured(self._marked(window, shape, **options))

    def _measured(self, values: np.ma.MaskedArray) -> np.ma.MaskedArray:
        """The same without what is no-data to all appearance; of a radar in decibels."""
        if self._is_picture:
            return values
        values = np.ma.masked_where(self._is_nothing(values.data), values)
        return 10 * np.ma.log10(values) if self._is_radar else values

    @cached_property
    def _is_radar(self) -> bool:
        """Whether there is backscatter that is not yet in decibels, which are mostly below zero."""
        if self._is_picture or not is_radar(self._opened, self._path):
            return False
        glance = self._glance.compressed()
        return bool((glance[~self._is_nothing(glance)] >= 0).all())

    def _marked(self, window: Window, shape: tuple[int, int], **options: Any) -> np.ma.MaskedArray:
        """(B, *shape) float64; what the file says is no-data is masked."""
        from rasterio.windows import Window as Part

        with reading(self._path):
            found = self._opened.read(
                self._bands, window=Part(*window), out_shape=(len(self._bands), *shape), masked=True, **options
            )
        return (found if self._colours is None else in_colours(found, self._colours)).astype(np.float64)


@contextmanager
def open_raster(
    path: Path, driver: str, data: bytes | None = None, bands: Sequence[Band] | None = None
) -> Iterator[Raster | None]:
    """The raster in a file; None for a TIFF that is a plain picture, or where rasterio is not installed.

    Raises:
        BadFileError: Damaged, or not of the format that GDAL's `driver` reads; a virtual raster or a STAC item of other
            files than those below its folder (`zsr_lib.search.virtual`); or any but TIFF without rasterio.
    """
    try:
        import rasterio
        from rasterio.errors import NotGeoreferencedWarning
    except ImportError as error:
        if driver != TIFF:
            raise BadFileError(f"{path} takes rasterio.", "install it: pip install 'zsr-lib[search]'.") from error
        yield None
        return
    if driver == "VRT":
        sources_of_virtual(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        if driver == "STAC":
            driver, data = "VRT", virtual_of(path)
        with reading(path):
            opened = rasterio.open(path if data is None else io.BytesIO(data), driver=driver)
    with opened:
        with reading(path):
            plain = set(opened.dtypes) == {"uint8"} and opened.crs is None and driver == TIFF and not bands
            plain = plain and opened.width * opened.height <= MAX_PIXELS
            raster = None if plain else Raster(path, opened, bands)
        yield raster
