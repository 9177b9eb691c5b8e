"""Hits as maps and tables read them."""

import csv
import ctypes
import json
from pathlib import Path

import numpy as np
import pytest

from zsr_lib.search.exports import geojson, table
from zsr_lib.search.ground import place_of
from zsr_lib.search.index import Hit
from zsr_lib.search.windows import Window

rasterio = pytest.importorskip("rasterio")
from rasterio.features import bounds, is_valid_geom  # noqa: E402
from rasterio.transform import from_origin  # noqa: E402

WINDOW = Window(10, 20, 100, 100)


def hit(crs=None, left=0.0, top=0.0, side=10.0):
    ground = place_of(rasterio.crs.CRS.from_string(crs), from_origin(left, top, side, side), WINDOW) if crs else {}
    return Hit(3, Path('/a, "b"/c.tif'), WINDOW, 0.25, 0.75, ground, "here", '"b"/c.tif')


def area(ring):
    x, y = np.array(ring).T
    return (x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2


def test_footprints_are_valid_closed_and_counter_clockwise():
    found = json.loads("".join(geojson([hit("EPSG:32633", 500_000, 5_400_000), hit()])))
    assert found["type"] == "FeatureCollection"
    first, second = found["features"]
    assert is_valid_geom(first["geometry"])
    (ring,) = first["geometry"]["coordinates"]
    assert ring[0] == ring[-1]
    assert area(ring) > 0
    box = rasterio.warp.transform_bounds("EPSG:32633", "EPSG:4326", 500_100, 5_398_800, 501_100, 5_399_800)
    assert bounds(first["geometry"]) == pytest.approx(box, abs=1e-5)
    assert first["properties"] == {
        "place": 1,
        "score": 0.75,
        "expected": None,
        "distance": 0.25,
        "path": '/a, "b"/c.tif',
        "window": list(WINDOW),
        "state": "here",
        "crs": "EPSG:32633",
        "bounds": [500_100, 5_398_800, 501_100, 5_399_800],
    }
    assert second["geometry"] is None


def test_a_footprint_across_the_antimeridian_is_cut_there():
    geometry = json.loads("".join(geojson([hit("EPSG:4326", 179.8, 0, 0.004)])))["features"][0]["geometry"]
    assert geometry["type"] == "MultiPolygon"
    assert is_valid_geom(geometry)
    east, west = (part[0] for part in geometry["coordinates"])
    assert (min(x for x, _ in east), max(x for x, _ in east)) == pytest.approx((179.84, 180))
    assert (min(x for x, _ in west), max(x for x, _ in west)) == pytest.approx((-180, -179.76))
    assert area(east) > 0
    assert area(west) > 0
    assert area(east) + area(west) == pytest.approx(0.4 * 0.4)


@pytest.fixture
def ogr():
    """GDAL's reader of vectors, in the library that rasterio's package brings along and has no Python for."""
    found = [*(Path(rasterio.__file__).parents[1] / "rasterio.libs").glob("libgdal*")]
    if not found:
        pytest.skip("rasterio is linked to a GDAL of the system")
    library, pointer = ctypes.CDLL(str(found[0])), ctypes.c_void_p
    for name, result in {
        **dict.fromkeys(["GDALOpenEx", "GDALDatasetGetLayer", "OGR_L_GetNextFeature", "OGR_F_GetGeometryRef"], pointer),
        **dict.fromkeys(["OGR_G_GetArea", "OGR_F_GetFieldAsDouble"], ctypes.c_double),
        **dict.fromkeys(["OGR_F_GetFieldAsString", "OGR_G_GetGeometryName"], ctypes.c_char_p),
    }.items():
        getattr(library, name).restype = result
    library.GDALAllRegister()
    return library


def test_gdal_reads_what_is_written(ogr, tmp_path):
    hits = [hit("EPSG:32633", 500_000, 5_400_000), hit("EPSG:4326", 179.8, 0, 0.004), hit()]
    path = tmp_path / "found.geojson"
    path.write_text("".join(geojson(hits)), encoding="utf-8")
    opened = ctypes.c_void_p(ogr.GDALOpenEx(str(path).encode(), 4, None, None, None))  # 4: vectors
    layer = ctypes.c_void_p(ogr.GDALDatasetGetLayer(opened, 0))
    read = []
    while feature := ogr.OGR_L_GetNextFeature(layer):
        feature = ctypes.c_void_p(feature)
        where = ctypes.c_void_p(ogr.OGR_F_GetGeometryRef(feature))
        names = [b"path", b"state", b"crs"]
        told = [ogr.OGR_F_GetFieldAsString(feature, ogr.OGR_F_GetFieldIndex(feature, each)).decode() for each in names]
        score = ogr.OGR_F_GetFieldAsDouble(feature, ogr.OGR_F_GetFieldIndex(feature, b"score"))
        shape = (ogr.OGR_G_GetGeometryName(where), ogr.OGR_G_GetArea(where)) if where else None
        read.append((*told, score, shape))
        ogr.OGR_F_Destroy(feature)
    ogr.GDALClose(opened)
    assert [each[:4] for each in read] == [
        ('/a, "b"/c.tif', "here", crs, 0.75) for crs in ("EPSG:32633", "EPSG:4326", "")
    ]
    first, second, third = (each[4] for each in read)
    metres = 111_320 * np.cos(np.radians(48.74)), 111_200  # of a degree there
    assert first == (b"POLYGON", pytest.approx(1000 * 1000 / np.prod(metres), rel=0.01))
    assert second == (b"MULTIPOLYGON", pytest.approx(0.4 * 0.4))
    assert third is None


def test_hits_are_written_as_they_come():
    asked = []
    hits = (asked.append(number) or hit() for number in range(3))
    for written in (geojson, table):
        pieces = written(hits)
        next(pieces)
        assert asked == []
    next(pieces)
    assert asked == [0]


def test_a_table_is_read_back_as_it_was():
    rows = list(csv.DictReader(table([hit("EPSG:32633", 500_000, 5_400_000), hit()])))
    assert [row["place"] for row in rows] == ["1", "2"]
    assert rows[0]["path"] == '/a, "b"/c.tif'
    assert float(rows[0]["score"]) == 0.75
    assert [float(rows[0][name]) for name in ("min_x", "min_y", "max_x", "max_y")] == [
        500_100,
        5_398_800,
        501_100,
        5_399_800,
    ]
    assert float(rows[0]["longitude"]) == pytest.approx(15.0082, abs=1e-3)
    assert rows[1]["crs"] == rows[1]["longitude"] == ""
