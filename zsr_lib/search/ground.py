"""Where on Earth a window lies: the box of its four corners, its centre, and both in words.

Boxes are left, bottom, right, top. In degrees, a box that crosses the antimeridian has its left greater than its right,
as in GeoJSON (RFC 7946, 5.2).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from zsr_lib.search.windows import Window


def place_of(crs: Any, transform: Any, window: Window) -> dict[str, Any]:
    """As `zsr_lib.search.scenes.Scene.place`.

    Args:
        crs: A coordinate system of rasterio.
        transform: From pixels to it; may turn, and may run to any side.
        window: In pixels.
    """
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import CRSError, RasterioError
    from rasterio.warp import transform as transformed
    from rasterio.warp import transform_bounds

    left, top, width, height = window
    columns = left + width * np.array([0, 0, 1, 1])
    rows = top + height * np.array([0, 1, 1, 0])
    x = transform.a * columns + transform.b * rows + transform.c
    y = transform.d * columns + transform.e * rows + transform.f
    bounds = [float(each) for each in (x.min(), y.min(), x.max(), y.max())]
    place = {"crs": crs.to_string(), "bounds": bounds}
    try:
        west, south, east, north = transform_bounds(crs, "EPSG:4326", *bounds)
        longitudes, latitudes = transformed(crs, "EPSG:4326", x, y)
    except (RasterioError, CRSError, CPLE_BaseError):  # a local system has no degrees
        return place
    if not np.isfinite([west, south, east, north, *longitudes, *latitudes]).all():
        return place
    degrees = (west, south, east, north) if east - west >= 360 else (_wrapped(west), south, _wrapped(east), north)
    footprint = [[_wrapped(each), float(latitude)] for each, latitude in zip(longitudes, latitudes, strict=True)]
    return place | {"lonlat": [float(each) for each in degrees], "footprint": footprint}


def centre_of(lonlat: Sequence[float]) -> tuple[float, float]:
    """Longitude and latitude of a box's centre, across the antimeridian where the box lies there.

    >>> centre_of([179.0, -1.0, -178.0, 1.0])
    (-179.5, 0.0)
    """
    left, bottom, right, top = lonlat
    return _wrapped((left + right + 360 * (left > right)) / 2), (bottom + top) / 2


def in_words(lonlat: Sequence[float]) -> str:
    """A box's centre for people.

    >>> in_words([18.0, -34.0, 19.0, -33.0])
    '33.50000° S, 18.50000° E'
    """
    longitude, latitude = centre_of(lonlat)
    return f"{abs(latitude):.5f}° {'NS'[latitude < 0]}, {abs(longitude):.5f}° {'EW'[longitude < 0]}"


def _wrapped(longitude: float) -> float:
    """The same meridian between -180 and 180."""
    return float(longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180)
