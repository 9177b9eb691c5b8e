"""Virtual rasters: mosaics of what lies beside them are read as GDAL reads them, and lead nowhere else."""

import os

import numpy as np
import pytest
from hypothesis import given

from tests.fuzz import often, spoiled, told
from tests.search.test_rasters import SIDE, write
from zsr_lib.errors import BadFileError
from zsr_lib.search.building import Options, build_index
from zsr_lib.search.index import Index
from zsr_lib.search.scenes import open_scene
from zsr_lib.search.virtual import sources_of_virtual
from zsr_lib.search.windows import Tiling, Window

rasterio = pytest.importorskip("rasterio")
from rasterio.transform import from_origin  # noqa: E402

SOURCE = (
    '<SimpleSource><SourceFilename relativeToVRT="1">{name}</SourceFilename><SourceBand>{band}</SourceBand>'
    '<SrcRect xOff="0" yOff="0" xSize="{side}" ySize="{side}"/>'
    '<DstRect xOff="{left}" yOff="0" xSize="{side}" ySize="{side}"/></SimpleSource>'
)


def mosaic(names=("tiles/west.tif", "tiles/east.tif"), more=""):
    bands = [
        f'<VRTRasterBand dataType="Byte" band="{band}">'
        + "".join(SOURCE.format(name=each, band=band, side=SIDE, left=SIDE * at) for at, each in enumerate(names))
        + "</VRTRasterBand>"
        for band in (1, 2, 3)
    ]
    size = f'rasterXSize="{SIDE * len(names)}" rasterYSize="{SIDE}"'
    place = "<SRS>EPSG:32633</SRS><GeoTransform>500000, 10, 0, 5400000, 0, -10</GeoTransform>"
    return f"<VRTDataset {size}>{place}{''.join(bands)}{more}</VRTDataset>"


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(1, 255, (3, SIDE, 2 * SIDE), np.uint8)


@pytest.fixture
def folder(tmp_path, pixels):
    (tmp_path / "archive" / "tiles").mkdir(parents=True)
    for number, name in enumerate(("west", "east")):
        part = pixels[:, :, number * SIDE : (number + 1) * SIDE]
        write(tmp_path / "archive" / "tiles" / f"{name}.tif", part)
    return tmp_path / "archive"


def test_a_mosaic_is_one_scene_at_its_place(folder, pixels, system, sketch, tmp_path):
    path = folder / "all.vrt"
    path.write_text(mosaic())
    with open_scene(path) as scene:
        assert (scene.width, scene.height) == (2 * SIDE, SIDE)
        shown = scene.read(Window(SIDE // 2, 0, SIDE, SIDE), SIDE)
    assert np.array_equal(shown, pixels[:, :, SIDE // 2 : SIDE // 2 + SIDE].transpose(1, 2, 0))
    build_index(folder, tmp_path / "index", system, Options(tiling=Tiling(64, 0, 64)), progress=False)
    hits = Index(tmp_path / "index").search(sketch, 9)
    assert sorted(hit.name for hit in hits) == ["all.vrt"] * 2 + ["tiles/east.tif", "tiles/west.tif"]
    right = next(hit for hit in hits if hit.name == "all.vrt" and hit.window.left)
    assert right.place["bounds"][0] == 500_000 + 10 * SIDE


def test_a_mosaic_of_a_file_that_has_changed_is_indexed_again(folder, system, sketch, tmp_path):
    (folder / "all.vrt").write_text(mosaic())
    build_index(folder, tmp_path / "index", system, progress=False)
    assert build_index(folder, tmp_path / "index", system, progress=False).unchanged == 3
    write(folder / "tiles" / "east.tif", np.full((3, SIDE, SIDE), 9, np.uint8))
    states = {hit.name: hit.state for hit in Index(tmp_path / "index").search(sketch, 9)}
    assert states == {"all.vrt": "changed", "tiles/east.tif": "changed", "tiles/west.tif": "here"}
    assert build_index(folder, tmp_path / "index", system, progress=False).changed == 2
    assert {hit.state for hit in Index(tmp_path / "index").hits()} == {"here"}


@pytest.mark.parametrize(
    "name",
    ["../secret.tif", "/etc/hostname", "/vsicurl/http://127.0.0.1/a.tif", "http://127.0.0.1/a.tif", "gone.tif", ""],
)
def test_other_files_are_not_followed(folder, name):
    write(folder.parent / "secret.tif", np.ones((3, SIDE, SIDE), np.uint8))
    path = folder / "all.vrt"
    for text in (mosaic([name]), mosaic([name]).replace('relativeToVRT="1"', "")):
        path.write_text(text)
        with pytest.raises(BadFileError, match="not below its folder"), open_scene(path):
            pass


@pytest.mark.skipif(os.name != "posix", reason="no links there")
def test_links_are_not_followed_out_of_the_folder(folder):
    write(folder.parent / "secret.tif", np.ones((3, SIDE, SIDE), np.uint8))
    (folder / "link.tif").symlink_to(folder.parent / "secret.tif")
    (folder / "all.vrt").write_text(mosaic(["link.tif"]))
    with pytest.raises(BadFileError, match="not below its folder"):
        sources_of_virtual(folder / "all.vrt")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "is no VRT"),
        ("<VRTDataset", "is no VRT"),
        ("<other/>", "no plain mosaic"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><VRTDataset/>', "more than elements"),
        (mosaic().replace('band="1"', 'band="1" subClass="VRTDerivedRasterBand"'), "no plain mosaic"),
        (mosaic().replace('band="1"', 'band="1" subClass="VRTRawRasterBand"'), "no plain mosaic"),
        (mosaic().replace("<VRTDataset", '<VRTDataset subClass="VRTWarpedDataset"'), "no plain mosaic"),
        (mosaic(more="<OpenOptions><OOI key='A'>b</OOI></OpenOptions>"), "no plain mosaic"),
        (mosaic(["all.vrt"]), "neither TIFF nor JPEG 2000"),
        (mosaic(["false.tif"]), "neither TIFF nor JPEG 2000"),
        ("x" * (2**24 + 1), "too large"),
    ],
)
def test_what_is_no_mosaic_is_said(folder, text, word):
    (folder / "false.tif").write_text(mosaic(["/vsicurl/http://127.0.0.1/a.tif"]))
    (folder / "all.vrt").write_text(text)
    with pytest.raises(BadFileError, match=word):
        sources_of_virtual(folder / "all.vrt")


@often
@given(spoiled([mosaic().encode()]))
def test_a_spoiled_mosaic_is_read_or_named(tmp_path_factory, text):
    folder = tmp_path_factory.getbasetemp() / "spoiled"
    (folder / "tiles").mkdir(parents=True, exist_ok=True)
    for name in ("west", "east"):
        if not (folder / "tiles" / f"{name}.tif").exists():
            profile = {"transform": from_origin(5e5, 5.4e6, 10, 10)}
            write(folder / "tiles" / f"{name}.tif", np.ones((3, SIDE, SIDE), np.uint8), **profile)
    (folder / "all.vrt").write_bytes(text)

    def look():
        with open_scene(folder / "all.vrt") as scene:
            return scene.read(Window(0, 0, min(scene.width, 8), min(scene.height, 8)), 8)

    pixels = told(look)
    assert pixels is None or pixels.shape == (8, 8, 3)
