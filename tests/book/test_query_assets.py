import json

import numpy as np
import pytest
from PIL import Image

from tests.scenes import first
from zsr_lib.book import query_gallery as galleries
from zsr_lib.book.query_assets import QueryAssets
from zsr_lib.book.query_files import COLUMNS, sprite, write_assets
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.models.saving import save
from zsr_lib.search.embedding import Embedder, embedder
from zsr_lib.training.config import Run


@pytest.fixture(scope="module")
def folder(tmp_path_factory, scenes, session_cache):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZSR_CACHE", str(session_cache))
        method = create("standardised", {"features": {"backbone": "small_cnn"}})
        method.fit(build_task(first(scenes, 4), "generated-14-6", 0, 0), Run(progress=False))
    target = tmp_path_factory.mktemp("system")
    save(method, target)
    return target


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(galleries, "PHOTOS", 40)


@pytest.fixture
def assets(folder, tmp_path, small):
    return QueryAssets(tmp_path / "query", folder, "generated", "generated")


def test_the_manifest_describes_the_files(assets, folder):
    made = assets.ensure()
    about = json.loads((made / "manifest.json").read_text())
    photos, classes = about["photos"], about["classes"]
    assert len(photos["ids"]) == len(photos["labels"]) == 40
    assert np.bincount(photos["labels"]).tolist() == [2] * 20
    assert (made / "codes.bin").stat().st_size == 40 * about["codes"]["row"]
    assert sum(each["seen"] for each in classes) == 14
    tile = about["sprite"]["tile"]
    assert Image.open(made / about["sprite"]["file"]).size == (COLUMNS * tile, 2 * tile)
    assert about["build"] == made.name
    by_hand = [each for each in about["examples"] if "file" in each]
    assert len(by_hand) == galleries.EXAMPLES
    for example in by_hand:
        assert Image.open(made / example["file"]).size == (256, 256)
    plain = [each for each in about["examples"] if "lines" in each]
    assert [each["name"] for each in plain] == [f"{each['name']}, plain" for each in classes]
    assert all(len(x) == len(y) for each in plain for x, y in each["lines"])
    codes = np.fromfile(made / "codes.bin", [("code", "i1", 128), ("scale", "<f4")])
    own = embedder(folder).photos(np.asarray(galleries.query_gallery("generated", 256).photos.pixels))
    assert np.abs(codes["code"] * codes["scale"][:, None] - own).max() <= codes["scale"].max() / 2 * 1.001


def test_they_are_made_once_and_alike(assets, folder, tmp_path):
    made = assets.ensure()
    before = (made / "manifest.json").stat().st_mtime_ns
    (assets.kept / "0123456789abcdef").mkdir()
    assert assets.ensure() == made
    assert (made / "manifest.json").stat().st_mtime_ns == before
    again = QueryAssets(tmp_path / "again", folder, "generated", "generated").ensure()
    files = sorted(path.relative_to(made) for path in made.rglob("*") if path.is_file())
    assert len(files) == 5 + galleries.EXAMPLES
    assert all((made / file).read_bytes() == (again / file).read_bytes() for file in files)


def test_other_data_are_other_assets_and_replace_the_former(assets, folder):
    former = assets.ensure()
    second = QueryAssets(assets.kept, folder, "generated", "other").ensure()
    assert second != former
    assert [path.name for path in assets.kept.iterdir()] == [second.name]


def test_thumbnails_lie_row_by_row():
    tiles = np.arange(COLUMNS + 2, dtype=np.uint8)[:, None, None, None] * np.ones((1, 4, 4, 3), np.uint8)
    sheet = np.asarray(sprite(tiles))
    assert sheet.shape == (8, 4 * COLUMNS, 3)
    assert sheet[0, ::4, 0].tolist() == list(range(COLUMNS))
    assert sheet[4, :12:4, 0].tolist() == [COLUMNS, COLUMNS + 1, 255]


def test_examples_are_one_of_a_class_and_seeds_are_fresh(small, scenes):
    gallery = galleries.query_gallery("generated", 64)
    assert len(set(gallery.examples.labels.tolist())) == len(gallery.examples) == galleries.EXAMPLES
    trained_on = first(scenes, 2).photos
    assert not (np.asarray(gallery.photos.pixels) == np.asarray(trained_on.pixels)).all(axis=(1, 2, 3)).any()


def test_codes_that_are_not_compared_by_the_cosine_are_refused(tmp_path, small):
    method = create("binary", {})
    with pytest.raises(BadInputError, match="cosine"):
        write_assets(tmp_path, Embedder(method, 64, tmp_path), galleries.query_gallery("generated", 64))
