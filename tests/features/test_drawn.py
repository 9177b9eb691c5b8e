import numpy as np
import pytest

from tests.features.conftest import items_of
from zsr_lib.data.drawing import draw
from zsr_lib.errors import UnknownNameError
from zsr_lib.features import drawn as module
from zsr_lib.features.cache import without_cache
from zsr_lib.features.drawn import drawings_of, drawn


@pytest.fixture(scope="module")
def photos():
    """(5, 32, 32, 3) bright squares in different places, the first one twice."""
    made = np.full((5, 32, 32, 3), 60, np.uint8)
    for row, start in enumerate((4, 4, 8, 10, 12)):
        made[row, start : start + 14, 8:26] = 220
    return made


def by_hand(photos, style):
    return np.stack([draw(photo, style, seed=0) for photo in photos])


@pytest.mark.parametrize("style", ["canny", "xdog"])
def test_photos_are_described_as_their_drawings(extractor, photos, style):
    found = drawn(extractor, style)(items_of(photos))
    drawings = by_hand(photos, style)
    assert np.array_equal(drawings_of(photos, style), drawings)
    np.testing.assert_allclose(found, extractor(items_of(drawings)), rtol=1e-5, atol=1e-6)
    assert len(np.unique(found, axis=0)) == 4


def test_drawings_and_photos_are_not_mixed_up(extractor, photos):
    extractors = [extractor, drawn(extractor, "canny"), drawn(extractor, "xdog")]
    assert len({each.key for each in extractors}) == 3
    assert drawn(extractor, "canny").key == extractors[1].key
    made = [each(items_of(photos)) for each in extractors]
    assert not np.allclose(made[0], made[1])
    assert not np.allclose(made[1], made[2])


def test_each_photo_is_drawn_once_and_found_in_any_selection(photos, monkeypatch):
    expected = drawings_of(photos[:4], "canny")
    drawn_again = []

    def one_by_one(n_jobs):
        return lambda jobs: [drawn_again.append(photo) or draw(photo) for draw, (photo,), _ in jobs]

    monkeypatch.setattr(module, "Parallel", one_by_one)
    assert np.array_equal(drawings_of(photos[[3, 0, 2]], "canny"), expected[[3, 0, 2]])
    assert not drawn_again
    drawings_of(photos[[4, 2]], "canny")
    assert np.array_equal(drawn_again, photos[[4]])


def test_drawings_of_another_size_are_kept_apart(photos):
    small = np.ascontiguousarray(photos[:, ::2, ::2])
    assert drawings_of(photos, "canny").shape == photos.shape
    assert np.array_equal(drawings_of(small, "canny"), by_hand(small, "canny"))


def test_no_photos_make_no_drawings(extractor, photos):
    assert drawings_of(photos[:0], "canny").shape == (0, 32, 32, 3)
    assert drawn(extractor, "canny")(items_of(photos[:0])).shape == (0, extractor.dimension)


def test_an_unknown_style_names_the_nearest(extractor, photos):
    with pytest.raises(UnknownNameError, match="contour"):
        drawn(extractor, "contuor")(items_of(photos))


def test_without_the_cache_the_drawings_are_the_same_and_none_is_kept(photos, tmp_path, monkeypatch):
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "cache"))
    with without_cache():
        found = drawings_of(photos[:2], "canny")
    assert not (tmp_path / "cache").exists()
    assert np.array_equal(found, by_hand(photos[:2], "canny"))
