"""Pictures and rasters, window by window."""

import io

import numpy as np
import pytest
from PIL import Image

from zsr_lib.data.images import decode_bytes
from zsr_lib.errors import BadFileError
from zsr_lib.search.scenes import open_scene, thumbnail
from zsr_lib.search.windows import Window


def encoded(pixels, kind="PNG", **options):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind, **options)
    return stream.getvalue()


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)


def test_a_whole_picture_comes_out_as_in_a_data_set(tmp_path, pixels):
    data = encoded(pixels)
    with open_scene(tmp_path / "a.png", data) as scene:
        assert (scene.width, scene.height) == (60, 40)
        assert np.array_equal(scene.read(Window(0, 0, 60, 40), 32), decode_bytes(data, "a", 32))
        assert scene.place(Window(0, 0, 60, 40)) == {}


def test_a_part_holds_the_pixels_of_its_place(tmp_path, pixels):
    with open_scene(tmp_path / "a.png", encoded(pixels)) as scene:
        assert np.array_equal(scene.read(Window(20, 10, 16, 16), 16), pixels[10:26, 20:36])


def test_a_picture_that_lies_on_its_side_is_set_upright(tmp_path, pixels):
    exif = Image.Exif()
    exif[0x0112] = 6
    with open_scene(tmp_path / "a.png", encoded(pixels, exif=exif)) as scene:
        assert (scene.width, scene.height) == (40, 60)
        assert np.array_equal(scene.read(Window(0, 0, 20, 20), 20), np.rot90(pixels, -1)[:20, :20])


@pytest.mark.parametrize("data", [b"", b"no picture at all", encoded(np.zeros((64, 64, 3), np.uint8))[:60]])
@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_what_is_no_picture_is_refused(tmp_path, data, name):
    with pytest.raises(BadFileError), open_scene(tmp_path / name, data):
        pass


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path):
    data = encoded(np.zeros((20_000, 20_000), bool))
    with pytest.raises(BadFileError, match="too large"), open_scene(tmp_path / "a.png", data):
        pass


def raster(path, bands, **profile):
    rasterio = pytest.importorskip("rasterio")
    count, height, width = bands.shape
    options = {"driver": "GTiff", "count": count, "height": height, "width": width, "dtype": bands.dtype}
    with rasterio.open(path, "w", **options, **profile) as target:
        target.write(bands)
    return path.read_bytes()


def test_bounds_of_windows_are_kept(tmp_path):
    rasterio = pytest.importorskip("rasterio")
    from rasterio.transform import from_origin

    bands = np.random.default_rng(1).integers(1, 255, (4, 100, 200), np.uint8)
    data = raster(tmp_path / "a.tif", bands, crs="EPSG:32633", transform=from_origin(500_000, 5_400_000, 10, 10))
    with open_scene(tmp_path / "a.tif", data) as scene:
        window = Window(100, 50, 50, 50)
        assert np.array_equal(scene.read(window, 50), bands[:3, 50:100, 100:150].transpose(1, 2, 0))
        place = scene.place(window)
    assert place["crs"] == "EPSG:32633"
    assert place["bounds"] == [501_000, 5_399_000, 501_500, 5_399_500]
    expected = rasterio.warp.transform_bounds("EPSG:32633", "EPSG:4326", *place["bounds"])
    assert place["lonlat"] == pytest.approx(expected)
    assert 15 < place["lonlat"][0] < 15.1


def test_sixteen_bits_are_stretched_between_percentiles_of_the_scene(tmp_path):
    bands = np.linspace(1000, 2000, 64 * 64).reshape(1, 64, 64).astype(np.uint16)
    data = raster(tmp_path / "a.tif", bands)
    with open_scene(tmp_path / "a.tif", data) as scene:
        pixels = scene.read(Window(0, 0, 64, 64), 64)
    low, high = np.percentile(bands, (2, 98))
    expected = np.rint(np.clip((bands[0] - low) / (high - low), 0, 1) * 255)
    assert np.abs(pixels[..., 0] - expected).max() <= 1
    assert np.array_equal(pixels[..., 0], pixels[..., 2])


def test_a_raster_of_one_value_is_no_trouble_and_one_without_is_refused(tmp_path):
    data = raster(tmp_path / "a.tif", np.full((1, 32, 32), 7, np.uint16))
    with open_scene(tmp_path / "a.tif", data) as scene:
        assert scene.read(Window(0, 0, 32, 32), 8).max() == 0
    data = raster(tmp_path / "b.tif", np.full((1, 32, 32), np.nan, np.float32))
    with open_scene(tmp_path / "b.tif", data) as scene, pytest.raises(BadFileError, match="no value"):
        scene.read(Window(0, 0, 32, 32), 8)


def test_a_plain_tiff_is_read_like_any_picture(tmp_path, pixels):
    data = encoded(pixels, "TIFF")
    with open_scene(tmp_path / "a.tif", data) as scene:
        assert np.array_equal(scene.read(Window(0, 0, 60, 40), 24), decode_bytes(data, "a", 24))


@pytest.mark.parametrize("crs", ['LOCAL_CS["a site",UNIT["metre",1]]', "EPSG:32633"])
def test_a_place_without_degrees_is_kept_as_it_is(tmp_path, crs):
    pytest.importorskip("rasterio")
    from rasterio.transform import from_origin

    far = 1e30 if crs.startswith("EPSG") else 0
    raster(tmp_path / "a.tif", np.ones((1, 32, 32), np.uint8), crs=crs, transform=from_origin(far, far, 1, 1))
    with open_scene(tmp_path / "a.tif") as scene:
        place = scene.place(Window(0, 0, 8, 8))
    assert set(place) == {"crs", "bounds"}


@pytest.fixture
def path(tmp_path):
    """Red on the left, blue on the right, 80 × 40."""
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:, :40, 0] = pixels[:, 40:, 2] = 255
    Image.fromarray(pixels).save(tmp_path / "a.png")
    return tmp_path / "a.png"


def decoded(data):
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "JPEG"
        return np.asarray(picture, np.int64)


def test_a_whole_picture_is_squeezed_into_the_square(path):
    pixels = decoded(thumbnail(path, None, 32))
    assert pixels.shape == (32, 32, 3)
    assert np.abs(pixels[:, 2] - [255, 0, 0]).max() < 30
    assert np.abs(pixels[:, -3] - [0, 0, 255]).max() < 30


def test_a_window_is_shown_alone(path):
    assert np.abs(decoded(thumbnail(path, Window(40, 0, 40, 40), 32)) - [0, 0, 255]).max() < 30


@pytest.mark.parametrize("window", [Window(41, 0, 40, 40), Window(0, 1, 40, 40), Window(500, 500, 40, 40)])
def test_a_window_beyond_the_picture_is_refused(path, window):
    with pytest.raises(BadFileError, match="smaller than when it was indexed"):
        thumbnail(path, window, 32)


def test_what_is_gone_is_refused(path):
    path.unlink()
    with pytest.raises(BadFileError, match="cannot be read"):
        thumbnail(path, None, 32)
