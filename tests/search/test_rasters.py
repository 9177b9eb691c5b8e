"""Rasters as they are found: colour maps, no-data marked or not, and bands in any order."""

import numpy as np
import pytest

from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.search.building import Options, build_index
from zsr_lib.search.index import Index
from zsr_lib.search.scenes import cut_out, open_scene
from zsr_lib.search.windows import Tiling, Window

rasterio = pytest.importorskip("rasterio")
from rasterio.transform import from_origin  # noqa: E402

SIDE = 64
WHOLE = Window(0, 0, SIDE, SIDE)


def write(path, bands, names=(), colours=None, **profile):
    count, height, width = bands.shape
    options = {"driver": "GTiff", "count": count, "height": height, "width": width, "dtype": bands.dtype}
    options |= {"crs": "EPSG:32633", "transform": from_origin(500_000, 5_400_000, 10, 10)} | profile
    with rasterio.open(path, "w", **options) as target:
        target.write(bands)
        for number, name in enumerate(names, 1):
            target.set_band_description(number, name)
        if colours is not None:
            target.write_colormap(1, colours)
    return path


def shown(path, window=WHOLE, size=SIDE):
    with open_scene(path) as scene:
        return scene.read(window, size)


@pytest.fixture
def bands():
    return np.random.default_rng(0).integers(1, 255, (3, SIDE, SIDE), np.uint8)


def test_numbers_of_colours_are_looked_up(tmp_path):
    numbers = np.zeros((1, SIDE, SIDE), np.uint8)
    numbers[0, :, SIDE // 2 :] = 7
    path = write(tmp_path / "a.tif", numbers, colours={0: (255, 0, 0, 255), 7: (0, 0, 255, 255)})
    pixels = shown(path)
    assert pixels[0, 0].tolist() == [255, 0, 0]
    assert pixels[0, -1].tolist() == [0, 0, 255]
    reduced = shown(path, size=8)
    assert reduced[0, 0].tolist() == [255, 0, 0]
    assert reduced[0, 3:5, 1].max() == 0, "between red and blue lies no colour of another number"


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (("blue", "green", "red"), [2, 1, 0]),
        (("B02", "B03", "B04"), [2, 1, 0]),
        (("Coastal", "Blue", "Green", "Red", "NIR", "SWIR"), [3, 2, 1]),
        (("rededge", "nir", "swir"), [0, 1, 2]),
        ((), [0, 1, 2]),
    ],
)
def test_bands_are_taken_by_their_names(tmp_path, names, order):
    bands = np.random.default_rng(0).integers(1, 255, (max(3, len(names)), SIDE, SIDE), np.uint8)
    assert np.array_equal(shown(write(tmp_path / "a.tif", bands, names)), bands[order].transpose(1, 2, 0))


@pytest.mark.parametrize("kind", ["value", "huge", "-9999", "nan", "-32768"])
def test_no_data_does_not_touch_what_is_shown(tmp_path, kind):
    """A quarter of the scene is no-data, marked or not: the rest looks as it does without."""
    dtype = np.int16 if kind == "-32768" else np.float32
    values = np.linspace(100, 300, SIDE * SIDE).reshape(1, SIDE, SIDE).astype(dtype)
    void = {"value": -1, "huge": -3.4e38, "-9999": -9999, "nan": np.nan, "-32768": -32768}[kind]
    low, high = np.percentile(values[:, SIDE // 4 :], (2, 98))
    right = np.rint(np.clip((values[0, SIDE // 4 :].astype(float) - low) / (high - low), 0, 1) * 255)
    values[:, : SIDE // 4] = void
    path = write(tmp_path / "a.tif", values, **({"nodata": void} if kind == "value" else {}))
    pixels = shown(path)[..., 0].astype(float)
    assert np.abs(pixels[SIDE // 4 :] - right).max() <= 1
    assert np.ptp(pixels[: SIDE // 4]) == 0
    assert np.abs(pixels[0, 0] - np.median(right)) <= 1
    reduced = shown(path, size=SIDE // 2)[..., 0]
    assert np.abs(reduced[: SIDE // 8 - 2] - np.median(right)).max() <= 1
    with open_scene(path) as scene:
        assert scene.valid(WHOLE) == pytest.approx(0.75)
        assert scene.valid(Window(0, 0, SIDE, SIDE // 4)) == 0


@pytest.mark.parametrize("values", [[-5, 1, 2, 3], [-2000, -1500, -1200, -1000], [0, 1000, 1100, 1200]])
def test_low_values_that_belong_to_the_others_are_kept(tmp_path, values):
    path = write(tmp_path / "a.tif", np.resize(np.array(values, np.float32), (1, SIDE, SIDE)))
    with open_scene(path) as scene:
        assert scene.valid(WHOLE) == 1


def test_windows_of_no_data_are_left_out(tmp_path, system):
    (tmp_path / "scenes").mkdir()
    bands = np.random.default_rng(0).integers(1, 255, (3, 256, 256), np.uint8)
    bands[:, :, :150] = 0
    write(tmp_path / "scenes" / "a.tif", bands, nodata=0)
    write(tmp_path / "scenes" / "b.tif", bands)
    write(tmp_path / "scenes" / "empty.tif", np.zeros_like(bands), nodata=0)
    options = Options(tiling=Tiling(64, 0, 64))
    changes = build_index(tmp_path / "scenes", tmp_path / "index", system, options, progress=False)
    index = Index(tmp_path / "index")
    found = index.nearest(np.ones(index.form.length, "f4"), 99)
    assert {hit.window.left for hit in found if hit.path.name == "a.tif"} == {128, 192}
    assert len([hit for hit in found if hit.path.name == "b.tif"]) == 16, "what is not marked may be water"
    assert "no-data" in changes.skipped["empty.tif"]


def test_transparent_pixels_are_no_data(tmp_path, bands):
    alpha = np.full((1, SIDE, SIDE), 255, np.uint8)
    alpha[:, : SIDE // 2] = 0
    path = write(tmp_path / "a.tif", np.concatenate([bands, alpha]))
    with open_scene(path) as scene:
        assert scene.valid(WHOLE) == pytest.approx(0.5)
    assert np.ptp(shown(path)[: SIDE // 2 - 1], axis=(0, 1)).max() == 0


def test_jpeg_2000_is_read_with_and_without_a_place(tmp_path, bands):
    smooth = np.sort(bands, axis=2)
    for name, profile in (("a.jp2", {}), ("b.jp2", {"crs": None, "transform": None})):
        path = write(tmp_path / name, smooth, driver="JP2OpenJPEG", QUALITY="100", REVERSIBLE="YES", **profile)
        assert np.array_equal(shown(path), smooth.transpose(1, 2, 0))


def test_a_file_cannot_name_others_under_a_rasters_ending(tmp_path, bands):
    write(tmp_path / "secret.tif", bands)
    source = f"<SourceFilename>{tmp_path}/secret.tif</SourceFilename><SourceBand>1</SourceBand>"
    band = f'<VRTRasterBand dataType="Byte" band="1"><SimpleSource>{source}</SimpleSource></VRTRasterBand>'
    dataset = f'<VRTDataset rasterXSize="{SIDE}" rasterYSize="{SIDE}">{band}</VRTDataset>'
    (tmp_path / "a.tif").write_text(dataset)
    with pytest.raises(BadFileError, match="not what its name says"), open_scene(tmp_path / "a.tif"):
        pass


def test_bands_can_be_named_and_stay_with_the_index(tmp_path, bands, system):
    (tmp_path / "scenes").mkdir()
    write(tmp_path / "scenes" / "a.tif", np.concatenate([bands, bands[:1]]))
    write(tmp_path / "scenes" / "b.tif", bands)
    options = Options(bands=(4, 3, 2))
    changes = build_index(tmp_path / "scenes", tmp_path / "index", system, options, progress=False)
    assert "no band 4" in changes.skipped["b.tif"]
    index = Index(tmp_path / "index")
    swapped = np.stack([bands[0], bands[2], bands[1]], axis=2)
    assert np.array_equal(cut_out(tmp_path / "scenes" / "a.tif", None, SIDE, index.bands), swapped)
    resized = cut_out(tmp_path / "scenes" / "a.tif", None, system.size, (4, 3, 2))
    assert index.nearest(system.photos(resized[None])[0], 1)[0].score == pytest.approx(1, abs=1e-3)
    with pytest.raises(BadInputError, match="bands"):
        build_index(tmp_path / "scenes", tmp_path / "index", system, Options(bands=(1, 2, 3)), progress=False)
    for wrong in ((1, 2), (0, 1, 2), ("red", "", "blue")):
        with pytest.raises(BadInputError, match="cannot be shown"):
            Options(bands=wrong)


def test_false_colours_by_name_and_a_file_without_such_a_band(tmp_path, bands, system):
    (tmp_path / "scenes").mkdir()
    write(tmp_path / "scenes" / "a.tif", bands, ("Red", "Green", "NIR"))
    write(tmp_path / "scenes" / "b.tif", bands)
    options = Options(bands=("nir", "red", 2))
    changes = build_index(tmp_path / "scenes", tmp_path / "index", system, options, progress=False)
    assert "3 bands without names, no band nir" in changes.skipped["b.tif"]
    index = Index(tmp_path / "index")
    assert len(index) == 1
    shifted = bands[[2, 0, 1]].transpose(1, 2, 0)
    assert np.array_equal(cut_out(tmp_path / "scenes" / "a.tif", None, SIDE, index.bands), shifted)


def test_names_that_are_no_utf_8_are_none(tmp_path, bands):
    path = write(tmp_path / "a.tif", bands, ("blue", "gruen", "red"))
    path.write_bytes(path.read_bytes().replace(b"gruen", b"gr\xfcn "))
    assert np.array_equal(shown(path), bands.transpose(1, 2, 0))


def test_a_place_whose_name_is_damaged_is_said(tmp_path, bands):
    path = write(tmp_path / "a.tif", bands, crs="+proj=tmerc +lat_0=0 +lon_0=15 +ellps=GRS80")
    path.write_bytes(path.read_bytes().replace(b"unknown", b"un\xf2nown"))
    with pytest.raises(BadFileError, match="damaged"), open_scene(path):
        pass


def backscatter():
    """Speckle around 0.05, one field ten times as bright, and a few points ten thousand times."""
    dice = np.random.default_rng(5)
    values = dice.exponential(0.05, (1, SIDE, SIDE)).astype(np.float32) + np.float32(1e-4)
    values[:, :, SIDE // 2 :] *= 10
    values[0, ::16, ::16] = 500
    return values


def halves(pixels):
    return pixels[:, : SIDE // 2].mean(), pixels[:, SIDE // 2 :].mean()


@pytest.mark.parametrize("marked", [{"names": ["Sigma0_VV"]}, {"path": "s1a-iw-grd-vv-2020.tif"}])
def test_radar_is_shown_in_decibels(tmp_path, marked):
    values = backscatter()
    intensity = shown(write(tmp_path / marked.get("path", "a.tif"), values, marked.get("names", ())))
    dark, bright = halves(intensity)
    assert bright - dark > 50, "ten decibels are seen beside the bright points"
    amplitude = shown(write(tmp_path / "b.tif", np.sqrt(values), ["VV"]))
    assert np.abs(amplitude.astype(int) - intensity).mean() < 3, "amplitude and intensity look the same"
    there = shown(write(tmp_path / "c.tif", 10 * np.log10(values), ["VV"]))
    assert np.abs(there.astype(int) - intensity).mean() < 3, "what is in decibels stays"
    unmarked = halves(shown(write(tmp_path / "d.tif", values)))
    assert unmarked[1] - unmarked[0] > 0


def test_zeros_at_the_edge_of_a_radar_scene_are_no_data(tmp_path):
    values = backscatter()
    values[:, :16] = 0
    with open_scene(write(tmp_path / "a.tif", values, ["VH"])) as scene:
        assert scene.valid(WHOLE) == pytest.approx(0.75, abs=0.02)
        assert np.isfinite(scene.read(WHOLE, SIDE)).all()
