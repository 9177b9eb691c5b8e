from dataclasses import replace

import numpy as np
import pytest

from zsr_lib.data.drawing import draw, draw_items
from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadInputError, UnknownNameError


@pytest.fixture
def photos():
    rng = np.random.default_rng(0)
    pixels = np.repeat(rng.integers(0, 256, (20, 4, 4, 3), dtype=np.uint8), 8, axis=1).repeat(8, axis=2)
    ids = np.array([f"river/{row:02d}" for row in range(20)])
    return ItemSet(ids, np.repeat([0, 1], 10), ("river", "runway"), "photo", "camera", pixels)


def test_what_a_machine_made_says_so(photos):
    drawn = draw_items(photos.take(np.array([3, 12])), "canny", progress=False)
    assert (drawn.modality, drawn.origin) == ("sketch", "machine")
    assert drawn.ids.tolist() == ["river/03@machine-canny", "river/12@machine-canny"]
    assert drawn.pairs.tolist() == ["river/03", "river/12"]
    assert drawn.labels.tolist() == [0, 1]
    assert drawn.pixels.shape == (2, 32, 32, 3)


def test_bytes_depend_neither_on_workers_nor_on_the_rest_of_the_set(photos):
    alone = draw_items(photos.take(np.array([19])), progress=False)
    together = draw_items(photos, workers=2, progress=False)
    np.testing.assert_array_equal(alone.pixels[0], together.pixels[19])


def test_several_drawings_of_one_photo_differ(photos):
    drawn = draw_items(photos.take(np.array([0, 1])), per_photo=2, progress=False)
    assert drawn.ids[:2].tolist() == ["river/00@machine-contour", "river/00@machine-contour-1"]
    assert drawn.pairs.tolist() == ["river/00", "river/00", "river/01", "river/01"]
    assert not np.array_equal(drawn.pixels[0], drawn.pixels[1])


def test_drawings_are_made_once_and_memory_mapped(photos, monkeypatch):
    first = draw_items(photos, progress=False)
    monkeypatch.setattr("zsr_lib.data.drawing.stored.draw", None)  # a second drawing would fail
    again = draw_items(photos, progress=False)
    assert isinstance(again.pixels, np.memmap)
    np.testing.assert_array_equal(first.pixels, again.pixels)


def test_stored_drawings_are_those_that_the_style_draws(photos):
    few = photos.take(np.array([2, 5]))
    for photo, drawing in zip(few.pixels, draw_items(few, "xdog", progress=False).pixels, strict=True):
        np.testing.assert_array_equal(drawing, draw(photo, "xdog"))


def test_the_seed_matters(photos):
    one = photos.take(np.array([0]))
    first, second = (draw_items(one, seed=seed, progress=False).pixels for seed in (0, 1))
    assert not np.array_equal(first, second)


def test_an_empty_set_gives_an_empty_set(photos):
    assert len(draw_items(photos.take(np.array([], dtype=int)), progress=False)) == 0


def test_bad_requests_are_explained(photos):
    with pytest.raises(UnknownNameError, match="did you mean canny"):
        draw_items(photos, "cany", progress=False)
    with pytest.raises(BadInputError, match="nothing to draw"):
        draw_items(photos, per_photo=0, progress=False)
    with pytest.raises(BadInputError, match="nothing to draw"):
        draw_items(ItemSet(photos.ids, photos.labels, photos.classes, "photo", "camera"), progress=False)
    wide = replace(photos, pixels=photos.pixels.astype(np.uint16))
    with pytest.raises(BadInputError, match=r"photo pixels of shape .*, uint16, cannot be drawn"):
        draw_items(wide, progress=False)


def test_drawings_may_be_a_modality_of_their_own(photos):
    edges = draw_items(photos.take(np.array([0])), "canny", progress=False, modality="edges")
    assert (edges.modality, edges.origin) == ("edges", "machine")
