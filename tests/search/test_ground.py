"""Where windows lie: turned, across the antimeridian, in the south and in the west."""

import numpy as np
import pytest

from zsr_lib.search.ground import centre_of, in_words, place_of
from zsr_lib.search.windows import Window

rasterio = pytest.importorskip("rasterio")
from rasterio.transform import Affine, from_origin  # noqa: E402

UTM = "EPSG:32633"


def place(transform, window, crs=UTM):
    return place_of(rasterio.crs.CRS.from_string(crs), transform, window)


def test_a_turned_raster_is_boxed_by_its_four_corners():
    turned = Affine.translation(500_000, 5_400_000) @ Affine.rotation(30) @ Affine.scale(10, -10)
    found = place(turned, Window(10, 20, 30, 40))
    corners = np.array([turned @ (x, y) for x in (10, 40) for y in (20, 60)])
    assert found["bounds"] == pytest.approx([*corners.min(0), *corners.max(0)])
    expected = rasterio.warp.transform(UTM, "EPSG:4326", *zip(turned @ (10, 20), turned @ (40, 60), strict=True))
    assert found["footprint"][0] == pytest.approx([expected[0][0], expected[1][0]])
    assert found["footprint"][2] == pytest.approx([expected[0][1], expected[1][1]])


def test_a_raster_whose_rows_run_north_has_its_bottom_below_its_top():
    _, bottom, _, top = place(Affine(10, 0, 500_000, 0, 10, 5_400_000), Window(0, 0, 50, 50))["bounds"]
    assert (bottom, top) == (5_400_000, 5_400_500)


@pytest.mark.parametrize(
    ("crs", "left", "longitude"),
    [("EPSG:3857", 20_036_508, 180), ("EPSG:4326", 179.9, -179.9), ("EPSG:4326", 200, -159.8)],
)
def test_centres_across_the_antimeridian(crs, left, longitude):
    side = 40 if crs == "EPSG:3857" else 0.004
    found = place(from_origin(left, 0, side, side), Window(0, 0, 100, 100), crs)
    assert abs((centre_of(found["lonlat"])[0] - longitude + 180) % 360 - 180) < 0.02
    assert all(-180 <= each <= 180 for each, _ in found["footprint"])


@pytest.mark.parametrize(
    ("lonlat", "words"),
    [
        ([18, -35, 19, -34], "34.50000° S, 18.50000° E"),
        ([-71, 40, -70, 41], "40.50000° N, 70.50000° W"),
        ([179.5, 0, -179, 1], "0.50000° N, 179.75000° W"),
    ],
)
def test_places_are_said_with_their_hemispheres(lonlat, words):
    assert in_words(lonlat) == words
