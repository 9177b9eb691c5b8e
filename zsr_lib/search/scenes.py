"""Picture files that can be read window by window.

What is read whole is decoded by the rules of `zsr_lib.data.images`, as data sets are. GeoTIFFs and rasters of more than
8 bits are read by rasterio (`zsr_lib.search.rasters`), if it is installed.
"""

import io
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from zsr_lib.data.images import decode_bytes, to_rgb
from zsr_lib.errors import BadFileError
from zsr_lib.search.bands import Band
from zsr_lib.search.windows import Window
from zsr_lib.viz.inline_picture import picture_file

DRIVERS = {".tif": "GTiff", ".tiff": "GTiff", ".jp2": "JP2OpenJPEG", ".vrt": "VRT", ".json": "STAC"}
"""Ending → the driver of GDAL that opens such a file; others could follow what is written in it to other files.

A virtual raster does; `zsr_lib.search.virtual` looks at where it leads. `zsr_lib.search.stac` makes one of an item."""


class Scene(ABC):
    """One open picture of `width` × `height` pixels."""

    width: int
    height: int

    @abstractmethod
    def read(self, window: Window, size: int) -> np.ndarray:
        """(size, size, 3) uint8 pixels of a window.

        Raises:
            BadFileError: The file is damaged there.
        """

    def valid(self, window: Window) -> float:
        """Share of the window's pixels that hold anything; the others are no-data, filled so that they show nothing."""
        return 1.0

    def place(self, window: Window) -> dict[str, Any]:
        """Where the window lies on the ground; empty where the file does not say.

        Returns:
            ``crs``, ``bounds`` (left, bottom, right, top in it) and, where it can be told, ``lonlat``: the same in
            degrees, left above right across the antimeridian; and ``footprint``: the four corners as longitude and
            latitude, counter-clockwise where the raster's rows run south.
        """
        return {}


class Picture(Scene):
    """A JPEG, PNG or other picture without a place."""

    def __init__(self, path: Path, data: bytes) -> None:
        self._path, self._data = path, data
        self._decoded: Image.Image | None = None
        # Also refuses what is damaged or too large, in the decoder's words.
        decode_bytes(data, str(path), 1)
        with Image.open(io.BytesIO(data)) as picture:
            self.width, self.height = picture.size
            if picture.getexif().get(0x0112, 1) in (5, 6, 7, 8):  # lies on its side
                self.width, self.height = self.height, self.width

    def read(self, window: Window, size: int) -> np.ndarray:
        """(size, size, 3) uint8; a window that is the whole picture comes out as in a data set."""
        if window == Window(0, 0, self.width, self.height):
            return decode_bytes(self._data, str(self._path), size)
        if self._decoded is None:
            with Image.open(io.BytesIO(self._data)) as picture:
                self._decoded = to_rgb(ImageOps.exif_transpose(picture))
        left, top, width, height = window
        part = self._decoded.crop((left, top, left + width, top + height))
        return np.asarray(part.resize((size, size), Image.Resampling.BICUBIC))


@contextmanager
def open_scene(path: Path, data: bytes | None = None, bands: Sequence[Band] | None = None) -> Iterator[Scene]:
    """The picture in a file.

    Args:
        path: Of the file; its ending says whether it may be a raster.
        data: Its bytes, where they are in memory; a raster's file is otherwise read in parts, as they are asked for.
        bands: Of a raster those to show, as `zsr_lib.search.bands.bands_of` takes them.

    Raises:
        BadFileError: It is empty, no picture, damaged, or too large to be decoded at once; or has no such bands.
    """
    driver = DRIVERS.get(path.suffix.lower())
    if driver and data != b"":
        from zsr_lib.search.rasters import open_raster

        with open_raster(path, driver, data, bands) as raster:
            if raster is not None:
                yield raster
                return
    yield Picture(path, read_bytes(path) if data is None else data)


def read_bytes(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        BadFileError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadFileError(f"{path} cannot be read ({error.strerror}).", "check the file and its rights.") from error


def cut_out(path: Path, window: Window | None, side: int, bands: Sequence[Band] | None = None) -> np.ndarray:
    """A window of a picture, (side, side, 3) uint8; its aspect ratio is not kept, as in codes.

    Args:
        path: The file.
        window: The part of it; None takes all.
        side: Of the result in pixels.
        bands: As `zsr_lib.search.scenes.open_scene`.

    Raises:
        BadFileError: The file is gone, damaged, or smaller than the window.
    """
    with open_scene(path, bands=bands) as scene:
        whole = Window(0, 0, scene.width, scene.height)
        left, top, width, height = window or whole
        if left + width > scene.width or top + height > scene.height:
            raise BadFileError(f"{path} is smaller than when it was indexed.", "bring the index up to date: zsr index.")
        return scene.read(window or whole, side)


def thumbnail(path: Path, window: Window | None, side: int, bands: Sequence[Band] | None = None) -> bytes:
    """What `cut_out` gives, as a JPEG file."""
    return picture_file(cut_out(path, window, side, bands))
