"""STAC items: their bands by name make one scene; what lies elsewhere is not followed."""

import json

import numpy as np
import pytest
from hypothesis import given

from tests.fuzz import often, spoiled, told
from tests.search.test_rasters import SIDE, shown, write
from zsr_lib.errors import BadFileError
from zsr_lib.search.building import Options, build_index
from zsr_lib.search.index import Index
from zsr_lib.search.pictures import pictures_in
from zsr_lib.search.scenes import open_scene
from zsr_lib.search.windows import Tiling, Window

rasterio = pytest.importorskip("rasterio")
from rasterio.transform import from_origin  # noqa: E402

NAMES = {"B02": "blue", "B03": "green", "B04": "red", "B08": "nir"}
HALF = Window(0, 0, SIDE, SIDE // 2)


def asset(href, *names, roles=("data",)):
    bands = [{"name": each, "common_name": NAMES.get(each, each)} for each in names]
    return {"href": href, "type": "image/tiff; application=geotiff", "roles": list(roles), "eo:bands": bands}


def item(path, **assets):
    told = {"type": "Feature", "stac_version": "1.0.0", "id": "a", "geometry": None, "properties": {}, "links": []}
    path.write_text(json.dumps(told | {"assets": assets}))
    return path


def separate(names=NAMES):
    return {each: asset(f"./bands/{each}.tif", each) for each in names}


@pytest.fixture
def bands():
    return np.random.default_rng(0).integers(100, 3000, (4, SIDE, SIDE), np.uint16)


@pytest.fixture
def folder(tmp_path, bands):
    (tmp_path / "archive" / "bands").mkdir(parents=True)
    for name, band in zip(NAMES, bands, strict=True):
        write(tmp_path / "archive" / "bands" / f"{name}.tif", band[None], nodata=0)
    return tmp_path / "archive"


def test_bands_of_several_files_are_one_scene_in_the_colours_of_their_names(folder, bands, system, tmp_path):
    path = item(folder / "item.json", **separate(), thumbnail=asset("gone.tif", roles=["thumbnail"]))
    together = write(tmp_path / "all.tif", bands[[2, 1, 0]], ("red", "green", "blue"), nodata=0)
    assert np.array_equal(shown(path), shown(together))
    with open_scene(path) as scene, open_scene(together) as other:
        assert scene.place(HALF) == other.place(HALF)
    build_index(folder, tmp_path / "index", system, Options(tiling=Tiling(32, 0, 32)), progress=False)
    index = Index(tmp_path / "index")
    assert [hit.name for hit in index.hits()] == ["item.json"] * 4, "and no band on its own"
    best = index.search(path, 1, photo=True)[0]
    assert best.place["crs"] == "EPSG:32633"


def test_newer_items_a_coarser_band_and_no_data(folder, bands, tmp_path):
    holes = bands.copy()
    holes[:, : SIDE // 2] = 0
    coarse = {"transform": from_origin(500_000, 5_400_000, 20, 20), "nodata": 0}
    write(folder / "bands" / "B02.tif", holes[:1, ::2, ::2], **coarse)
    for name, band in zip(("B03", "B04"), holes[1:3], strict=True):
        write(folder / "bands" / f"{name}.tif", band[None], nodata=0)
    newer = {
        each: {"href": f"{folder}/bands/{each}.tif", "bands": [{"name": each, "eo:common_name": NAMES[each]}]}
        for each in NAMES
    }
    with open_scene(item(folder / "item.json", **newer)) as scene:
        assert (scene.width, scene.height) == (SIDE, SIDE)
        assert scene.valid(HALF) == 0
        assert scene.valid(Window(0, SIDE // 2, SIDE, SIDE // 2)) == 1


def test_what_is_to_be_looked_at_goes_before_data(folder):
    pixels = np.random.default_rng(1).integers(1, 255, (3, SIDE, SIDE), np.uint8)
    write(folder / "bands" / "look.tif", pixels)
    visual = {"visual": asset("bands/look.tif", "red", "green", "blue")}
    assert np.array_equal(shown(item(folder / "item.json", **separate(), **visual)), pixels.transpose(1, 2, 0))


@pytest.mark.parametrize(
    ("assets", "word"),
    [
        ({"a": asset("https://example.com/a%20b.tif")}, r"only remote ones such as https://example\.com/a%20b\.tif"),
        ({"a": asset("s3://bucket/a.tif")}, "only remote ones"),
        ({"a": asset("a.txt")}, "no raster on this machine"),
        ({}, "no raster on this machine"),
        ({"a": asset("../secret.tif")}, "not below its folder"),
        ({"a": asset("file:///etc/hostname.tif")}, "not below its folder"),
        ({"a": asset("gone.tif")}, "not below its folder"),
        ({"a": asset("false.tif")}, "neither TIFF nor JPEG 2000"),
        ({"a": asset("cut.tif")}, "is damaged or"),
        ({"a": asset("bands/B02.tif"), "b": asset("far.tif")}, "same ground"),
        ({"a": {"href": 3}}, "no STAC item"),
        ([], "no STAC item"),
    ],
)
def test_what_cannot_be_shown_is_said_and_nothing_else_is_opened(folder, assets, word):
    write(folder.parent / "secret.tif", np.ones((1, SIDE, SIDE), np.uint8))
    write(folder / "far.tif", np.ones((1, SIDE, SIDE), np.uint8), transform=from_origin(0, 0, 10, 10))
    (folder / "false.tif").write_text("<VRTDataset/>")
    (folder / "cut.tif").write_bytes((folder / "far.tif").read_bytes()[:60])
    path = item(folder / "item.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"assets": assets}))
    with pytest.raises(BadFileError, match=word), open_scene(path):
        pass


def test_only_items_among_json_files_are_pictures(folder):
    made = json.loads(item(folder / "item.json", **separate()).read_text())
    for name, written in {
        "catalog": {"type": "Catalog", "stac_version": "1.0.0"},
        "points": {"type": "FeatureCollection", "features": [{"type": "Feature"}]},
        "empty": {"type": "FeatureCollection", "features": []},
        "list": [1],
        "items": {"type": "FeatureCollection", "features": [made]},
    }.items():
        (folder / f"{name}.json").write_text(json.dumps(written))
    (folder / "broken.json").write_text("{")
    (folder / "deep.json").write_text("[" * 100_000)
    found = {each.path for each in pictures_in(folder)}
    assert {each for each in found if each.endswith(".json")} == {"item.json", "items.json"}
    with pytest.raises(BadFileError, match="a file of its own"), open_scene(folder / "items.json"):
        pass


@often
@given(spoiled([json.dumps({"type": "Feature", "stac_version": "1.0.0", "assets": separate(["B02"])}).encode()]))
def test_a_spoiled_item_is_read_or_named(tmp_path_factory, text):
    folder = tmp_path_factory.getbasetemp() / "spoiled items"
    (folder / "bands").mkdir(parents=True, exist_ok=True)
    if not (folder / "bands" / "B02.tif").exists():
        write(folder / "bands" / "B02.tif", np.ones((1, SIDE, SIDE), np.uint8))
    (folder / "item.json").write_bytes(text)
    pixels = told(lambda: shown(folder / "item.json", size=8))
    assert pixels is None or pixels.shape == (8, 8, 3)
