"""STAC items: JSON that names the files of one scene; their bands, by name, make one virtual raster.

Only files below the item's folder are opened, as with VRT (`zsr_lib.search.virtual`). What GDAL reads, item collections
with links into the network among them, would be followed anywhere.

Source: STAC 1.0 and 1.1, with the extensions ``eo`` (names of bands) and ``raster``.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from zsr_lib.errors import BadFileError
from zsr_lib.search.bands import names_of, reading
from zsr_lib.search.virtual import LARGEST, check_source

DRIVERS = {".tif": "GTiff", ".tiff": "GTiff", ".jp2": "JP2OpenJPEG"}
"""Ending → the driver of GDAL that opens such an asset."""
NOT_DATA = {"thumbnail", "overview", "metadata"}
"""Roles of assets that are no measurement."""
VISUAL = "visual"
"""Role, or key, of an asset that is to be looked at: red, green and blue."""
_REMEDY = "write an item whose assets are TIFF or JPEG 2000 files below its folder."


class _Band(NamedTuple):
    """Number `number`, from 1, of a data set of rasterio."""

    name: str
    number: int
    opened: Any


def is_item(path: Path) -> bool:
    """Whether a JSON file is a STAC item, or a collection of items; false of one that is damaged or cannot be read."""
    try:
        told = _parsed(path)
    except (OSError, ValueError, RecursionError):
        return False
    features = told.get("features") if isinstance(told, dict) else None
    first = features[0] if isinstance(features, list) and features else told
    return isinstance(first, dict) and first.get("type") == "Feature" and "stac_version" in first


def sources_of_item(path: Path) -> list[Path]:
    """The files that an item shows.

    Raises:
        BadFileError: It is no item, or its assets are elsewhere.
    """
    return [file for file, _ in _local(path, _assets(path))]


def virtual_of(path: Path) -> bytes:
    """The VRT that shows an item: of its visual asset, else of all its data, a band for each of theirs.

    Raises:
        BadFileError: It is no item, its assets are elsewhere, or they do not cover the same ground.
    """
    import rasterio

    with ExitStack() as stack, reading(path):
        bands = [
            band
            for file, asset in _local(path, _assets(path))
            for band in _bands(asset, stack.enter_context(rasterio.open(file, driver=DRIVERS[file.suffix.lower()])))
        ]
        return _written(path, bands)


def _parsed(path: Path) -> Any:
    with path.open("rb") as stream:
        return json.loads(stream.read(LARGEST))


def _assets(path: Path) -> dict[str, dict[str, Any]]:
    try:
        told = _parsed(path)
        if told["type"] == "FeatureCollection":
            raise BadFileError(f"{path} is a collection of STAC items.", "write each item into a file of its own.")
        assets = told["assets"]
        if told["type"] != "Feature" or not all(isinstance(each["href"], str) for each in assets.values()):
            raise ValueError("an item has the type Feature, and a href in each asset")
        return assets
    except OSError as error:
        raise BadFileError(f"{path} cannot be read ({error.strerror}).", "check the file and its rights.") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadFileError(f"{path} is no STAC item ({error}).", _REMEDY) from error


def _local(path: Path, assets: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Files of the assets that hold data, each with its asset."""
    data = {key: dict(each) | {"key": key} for key, each in assets.items() if _is_data(each)}
    visual = [each for each in data.values() if VISUAL in (each["key"], *_roles(each))]
    chosen = visual[:1] or [each for each in data.values() if "data" in _roles(each)] or list(data.values())
    here = [each for each in chosen if urlsplit(each["href"]).scheme in ("", "file")]
    if not here:
        far = f", only remote ones such as {chosen[0]['href']}" if chosen else ""
        raise BadFileError(f"{path} names no raster on this machine{far}.", f"download them, and {_REMEDY}")
    for each in here:
        name = unquote(urlsplit(each["href"]).path)
        yield check_source(path, name, relative=not Path(name).is_absolute()), each


def _is_data(asset: Mapping[str, Any]) -> bool:
    return not NOT_DATA & set(_roles(asset)) and urlsplit(asset["href"]).path.lower().endswith(tuple(DRIVERS))


def _roles(asset: Mapping[str, Any]) -> list[str]:
    roles = asset.get("roles")
    return [str(each) for each in roles] if isinstance(roles, list) else []


def _bands(asset: Mapping[str, Any], opened: Any) -> Iterator[_Band]:
    told = asset.get("bands") or asset.get("eo:bands")
    told = told if isinstance(told, list) and len(told) == opened.count else [{}] * opened.count
    own = names_of(opened)
    for number, each in enumerate(told, 1):
        known = each if isinstance(each, dict) else {}
        name = known.get("eo:common_name") or known.get("common_name") or known.get("name")
        name = name or own[number - 1] or (asset["key"] if opened.count == 1 else "")
        yield _Band(str(name), number, opened)


def _written(path: Path, bands: list[_Band]) -> bytes:
    finest = max((each.opened for each in bands), key=lambda each: each.width)
    pixel = max(map(abs, finest.res))
    if any(
        each.opened.crs != finest.crs
        or max(abs(a - b) for a, b in zip(each.opened.bounds, finest.bounds, strict=True)) > pixel
        for each in bands
    ):
        raise BadFileError(f"{path} names files that do not cover the same ground.", "write an item for each ground.")
    place = f"<GeoTransform>{', '.join(map(repr, finest.transform.to_gdal()))}</GeoTransform>"
    place += f"<SRS>{escape(finest.crs.to_wkt())}</SRS>" if finest.crs else ""
    size = f'rasterXSize="{finest.width}" rasterYSize="{finest.height}"'
    parts = "".join(_band(at, each, finest) for at, each in enumerate(bands, 1))
    return f"<VRTDataset {size}>{place}{parts}</VRTDataset>".encode()


def _band(at: int, band: _Band, finest: Any) -> str:
    opened, index = band.opened, band.number - 1
    kind, nothing = opened.dtypes[index].replace("uint8", "Byte"), opened.nodatavals[index]  # as GDAL calls it
    told = f"<Description>{escape(band.name)}</Description>"
    told += f"<ColorInterp>{opened.colorinterp[index].name.capitalize()}</ColorInterp>"
    told += "" if nothing is None else f"<NoDataValue>{nothing}</NoDataValue>"
    sizes = (f'xOff="0" yOff="0" xSize="{each.width}" ySize="{each.height}"' for each in (opened, finest))
    source = f"<SourceFilename>{escape(opened.name)}</SourceFilename><SourceBand>{band.number}</SourceBand>"
    source += "<SrcRect {}/><DstRect {}/>".format(*sizes)
    return f'<VRTRasterBand dataType="{kind}" band="{at}">{told}<SimpleSource>{source}</SimpleSource></VRTRasterBand>'
