import numpy as np
import pytest

from zsr_lib.data.scenes import class_names, render_height, render_photo
from zsr_lib.errors import BadInputError, UnknownNameError

FLAT = {"runway", "baseballdiamond"}
RAISED = {"airplane": 3, "bridge": 5, "buildings": 5, "containeryard": 2.6, "overpass": 6, "stadium": 4}


@pytest.mark.parametrize("size", [16, 64, 256])
@pytest.mark.parametrize("name", class_names())
def test_every_class_is_drawn_at_every_size(name, size):
    photo = render_photo(name, 5, 1, size)
    assert photo.shape == (size, size, 3)
    assert photo.dtype == np.uint8
    assert photo.std() > 4


@pytest.mark.parametrize("name", ["airplane", "harbor", "stadium"])
def test_sizes_show_the_same_scene(name):
    large, small = render_photo(name, 0, 2, 128).astype(float), render_photo(name, 0, 2, 32).astype(float)
    reduced = large.reshape(32, 4, 32, 4, 3).mean((1, 3))
    other = render_photo(name, 0, 3, 32).astype(float)
    assert np.corrcoef(reduced.ravel(), small.ravel())[0, 1] > 0.8
    assert np.abs(reduced - small).mean() < np.abs(other - small).mean()


@pytest.mark.parametrize("name", sorted(RAISED))
def test_raised_classes_have_height(name):
    tops = [render_height(name, 0, index, 64).max() for index in range(4)]
    assert max(tops) >= RAISED[name]


def test_heights_are_metres_and_water_lies_below_ground():
    heights = np.stack([render_height("river", 0, index, 64) for index in range(4)])
    assert heights.dtype == np.float32
    assert heights.min() == -1
    assert heights.max() < 40


def test_heights_match_the_photo():
    """Tanks differ from their ground: brightness changes across the outlines that the height map shows."""
    ratios = []
    for index in range(6):
        heights, grey = (
            render_height("storagetanks", 0, index, 128),
            render_photo("storagetanks", 0, index, 128).mean(-1),
        )
        rise = np.abs(np.gradient(heights)).max(0) > 0.8
        change = np.abs(np.gradient(grey)).max(0)
        ratios.append(change[rise].mean() / change[~rise].mean())
    assert np.median(ratios) > 1.8


@pytest.mark.parametrize("size", [15, 257, 64.0, "64", True, None])
@pytest.mark.parametrize("render", [render_photo, render_height])
def test_sizes_that_cannot_be_drawn_are_refused(render, size):
    with pytest.raises(BadInputError, match="from 16 to 256"):
        render("runway", 0, 0, size)


@pytest.mark.parametrize(("seed", "index"), [(-1, 0), (0, -1), (0.5, 0), (0, "3"), (True, 0)])
def test_bad_seeds_and_indices_are_refused(seed, index):
    with pytest.raises(BadInputError, match="whole number, 0 or more"):
        render_photo("runway", seed, index)


def test_unknown_classes_are_refused():
    with pytest.raises(UnknownNameError, match="did you mean airplane"):
        render_photo("aeroplane", 0, 0)
