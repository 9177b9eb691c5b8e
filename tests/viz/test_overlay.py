import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.viz.overlay import STRONGEST, overlay


@pytest.fixture
def photo():
    return np.random.default_rng(0).integers(0, 256, (4, 5, 3)).astype(np.uint8)


def test_nothing_to_show_is_a_grey_photo(photo):
    found = overlay(photo, np.zeros((4, 5)))
    assert (np.ptp(found, axis=2) == 0).all()
    assert np.abs(found[..., 0] - photo.mean(axis=2)).max() <= 0.5


def test_signs_have_colours_and_the_largest_is_the_strongest(photo):
    values = np.zeros((4, 5))
    values[0, 0], values[1, 1], values[2, 2] = 2, 1, -2
    found, grey = overlay(photo, values).astype(float), photo.mean(axis=2)
    orange, blue = np.array([230, 159, 0]), np.array([0, 114, 178])  # Okabe and Ito's
    assert np.abs(found[0, 0] - ((1 - STRONGEST) * grey[0, 0] + STRONGEST * orange)).max() < 1
    assert np.abs(found[1, 1] - ((1 - STRONGEST / 2) * grey[1, 1] + STRONGEST / 2 * orange)).max() < 1
    assert np.abs(found[2, 2] - ((1 - STRONGEST) * grey[2, 2] + STRONGEST * blue)).max() < 1
    assert np.ptp(found[3, 3]) == 0


def test_the_scale_does_not_matter(photo):
    values = np.random.default_rng(1).normal(size=(4, 5))
    assert np.array_equal(overlay(photo, values), overlay(photo, 1000 * values))


@pytest.mark.parametrize("values", [np.zeros((5, 4)), np.full((4, 5), np.nan)])
def test_a_map_that_does_not_fit_is_refused(photo, values):
    with pytest.raises(BadInputError, match="a map of shape"):
        overlay(photo, values)
