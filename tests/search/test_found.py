from dataclasses import dataclass

import numpy as np
import pytest

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.models.method import Method
from zsr_lib.search.embedding import embed_pixels
from zsr_lib.search.found import Photo, occlusion_map

GREY = 128
FAR = np.array([1e6, 0], np.float32)
"""Far to the right of every code, so that the distance falls by what the first number rises."""


@pytest.mark.parametrize(("score", "written"), [(0.28, "0.280"), (-12.0, "-12"), (-0.0, "0"), (-3.14159, "-3.142")])
def test_scores_are_short_and_bits_whole(score, written):
    assert Photo("runway", "unseen", np.zeros((1, 1, 3), np.uint8), 0.0, score).written == written


@dataclass(frozen=True)
class Nothing:
    pass


class Weighted(Method):
    """The code is (Σ weight × red, 0): it looks where the weights are."""

    Config = Nothing
    distance = "euclidean"

    def __init__(self, weights):
        super().__init__()
        self.weights, self.batches = weights, []

    def fit(self, task, run=None):
        raise NotImplementedError

    def embed(self, items):
        self.batches.append(len(items))
        first = (items.pixels[..., 0] * self.weights).sum(axis=(1, 2))
        return np.stack([first, np.zeros(len(items))], axis=1)


@pytest.fixture
def photo():
    return np.random.default_rng(0).integers(0, 256, (12, 12, 3)).astype(np.uint8)


def by_hand(photo, weights, patch, corners):
    """What each pixel's squares take away from the weighted sum, on average."""
    expected = np.empty(photo.shape[:2])
    for y, x in np.ndindex(expected.shape):
        lost = []
        for top, left in corners:
            if top <= y < top + patch and left <= x < left + patch:
                square = slice(top, top + patch), slice(left, left + patch)
                lost.append((weights[square] * (photo[..., 0][square] - float(GREY))).sum())
        expected[y, x] = np.mean(lost)
    return expected


def test_the_map_is_what_each_square_takes_away(photo):
    weights = np.random.default_rng(1).normal(size=(12, 12))
    starts = (0, 3, 6, 8)  # every 3 px, and the last square of 4 px ends at the edge
    expected = by_hand(photo, weights, 4, [(top, left) for top in starts for left in starts])
    found = occlusion_map(Weighted(weights), photo, FAR, patch=4, step=3)
    assert found.dtype == np.float32
    assert np.allclose(found, expected, rtol=1e-4, atol=1e-2)


def test_only_places_that_count_are_marked(photo):
    photo[2:5, 7:10] = 255
    weights = np.zeros((12, 12))
    weights[2:5, 7:10] = 1
    found = occlusion_map(Weighted(weights), photo, FAR, patch=3, step=1)
    assert np.unravel_index(found.argmax(), found.shape) == (3, 8)
    assert (found[:, :5] == 0).all()
    assert (found[7:] == 0).all()
    assert occlusion_map(Weighted(-weights), photo, FAR, patch=3, step=1)[3, 8] == pytest.approx(-found[3, 8])


def test_a_grey_photo_has_nothing_to_hide():
    weights = np.random.default_rng(1).normal(size=(12, 12))
    assert not occlusion_map(Weighted(weights), np.full((12, 12, 3), GREY, np.uint8), FAR).any()


def test_one_square_as_large_as_the_photo_is_one_number(photo):
    found = occlusion_map(Weighted(np.ones((12, 12))), photo, FAR, patch=12)
    assert np.ptp(found) == 0
    assert found[0, 0] == pytest.approx((photo[..., 0] - float(GREY)).sum())


def test_many_squares_are_embedded_in_parts_and_the_photo_stays(photo):
    before, method = photo.copy(), Weighted(np.ones((12, 12)))
    occlusion_map(method, photo, FAR, patch=1, step=1)
    assert sum(method.batches) == 1 + 144
    assert max(method.batches) <= 64
    assert np.array_equal(photo, before)


def test_a_system_is_asked_in_its_own_distance_or_another_and_nothing_is_kept(system, generated, tmp_path, monkeypatch):
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "cache"))
    photo, sketch = np.array(generated.photos.pixels[0]), np.asarray(generated.sketches.pixels[:1])
    code = embed_pixels(system.method, sketch, "sketch")[0]
    own = occlusion_map(system.method, photo, code)
    assert np.array_equal(own, occlusion_map(system.method, photo, code, "cosine"))
    assert not np.allclose(own, occlusion_map(system.method, photo, code, "euclidean"))
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(("patch", "step"), [(0, 1), (13, 1), (4, 0), (4, 5)])
def test_squares_that_do_not_fit_are_refused(photo, patch, step):
    with pytest.raises(BadInputError, match="squares of"):
        occlusion_map(Weighted(np.ones((12, 12))), photo, FAR, patch=patch, step=step)


def test_what_is_no_photo_and_no_distance_is_refused(photo):
    with pytest.raises(BadInputError, match="shape"):
        occlusion_map(Weighted(np.ones((12, 12))), photo[..., 0], FAR)
    with pytest.raises(UnknownNameError, match="euclidian"):
        occlusion_map(Weighted(np.ones((12, 12))), photo, FAR, "euclidian")
