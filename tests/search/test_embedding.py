"""Systems as functions, and drawings as they come."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.features.network import _UNFILLED, Network
from zsr_lib.search.embedding import as_sketch, embedder, read_sketch


def test_codes_are_those_of_the_system_and_nothing_is_cached(system, generated, tmp_path, monkeypatch):
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "cache"))
    pixels = np.asarray(generated.photos.pixels[:3])
    found = system.photos(pixels)
    assert not (tmp_path / "cache").exists()
    items = ItemSet(np.array(["a", "b", "c"]), np.zeros(3, int), ("x",), "photo", "camera", pixels=pixels)
    assert np.array_equal(found, system.method.embed(items))
    assert not np.array_equal(system.sketches(pixels), found), "each modality has its own statistics"


def test_a_photo_has_the_same_code_however_many_are_new_and_only_a_drawing_alone_is_hurried(monkeypatch):
    shipped, pixels, seen = embedder(), np.random.default_rng(0).integers(0, 256, (9, 256, 256, 3), np.uint8), []
    plain = Network.__call__
    monkeypatch.setattr(Network, "__call__", lambda self, some: seen.append(_UNFILLED.get()) or plain(self, some))
    whole = shipped.photos(pixels)
    np.testing.assert_allclose(shipped.photos(pixels[8:]), whole[8:], rtol=1e-5, atol=1e-5)
    drawings = shipped.sketches(pixels)
    assert not any(seen)
    np.testing.assert_allclose(shipped.sketches(pixels[:1]), drawings[:1], rtol=1e-4, atol=1e-4)
    assert seen[-1]


def test_a_folder_without_a_system_is_said(tmp_path):
    with pytest.raises(BadFileError, match="no fitted system"):
        embedder(tmp_path)


SEARCHES = """
import sys
import numpy as np
from zsr_lib.search.embedding import embedder
embedder().sketches(np.zeros((1, 64, 64, 3), np.uint8))
print(sorted({"torch._dynamo", "torchvision", "scipy", "matplotlib", "skimage"} & sys.modules.keys()))
"""


def test_a_search_waits_for_no_import_that_it_does_not_need():
    told = subprocess.run([sys.executable, "-c", SEARCHES], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


def drawing(paper=255, ink=0):
    pixels = np.full((64, 64, 3), paper, np.uint8)
    pixels[20:40, 30:34] = ink
    return pixels


def test_white_on_black_is_turned_round():
    assert np.array_equal(as_sketch(drawing(0, 255)), drawing())
    assert np.array_equal(as_sketch(drawing()), drawing())


@pytest.mark.parametrize(
    "pixels", [np.full((64, 64, 3), 255, np.uint8), np.zeros((64, 64, 3), np.uint8), drawing(255, 250)]
)
def test_an_empty_drawing_is_refused(pixels):
    with pytest.raises(BadInputError, match="empty"):
        as_sketch(pixels)


def test_one_pixel_and_twenty_thousand_squared_and_text(tmp_path):
    Image.fromarray(np.zeros((1, 1, 3), np.uint8)).save(tmp_path / "one.png")
    with pytest.raises(BadInputError, match="empty"):
        read_sketch(tmp_path / "one.png", 64)
    Image.new("1", (20_000, 20_000)).save(tmp_path / "huge.png")
    with pytest.raises(BadFileError, match="too large"):
        read_sketch(tmp_path / "huge.png", 64)
    (tmp_path / "text.png").write_text("not a drawing")
    with pytest.raises(BadFileError, match="not an image"):
        read_sketch(tmp_path / "text.png", 64)
