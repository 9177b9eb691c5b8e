"""Hits as maps and tables read them."""

import csv
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
    found = json.loads(geojson([hit("EPSG:32633", 500_000, 5_400_000), hit()]))
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
    geometry = json.loads(geojson([hit("EPSG:4326", 179.8, 0, 0.004)]))["features"][0]["geometry"]
    assert geometry["type"] == "MultiPolygon"
    assert is_valid_geom(geometry)
    east, west = (part[0] for part in geometry["coordinates"])
    assert (min(x for x, _ in east), max(x for x, _ in east)) == pytest.approx((179.84, 180))
    assert (min(x for x, _ in west), max(x for x, _ in west)) == pytest.approx((-180, -179.76))
    assert area(east) > 0
    assert area(west) > 0
    assert area(east) + area(west) == pytest.approx(0.4 * 0.4)


def test_a_table_is_read_back_as_it_was():
    rows = list(csv.DictReader(table([hit("EPSG:32633", 500_000, 5_400_000), hit()]).splitlines()))
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
