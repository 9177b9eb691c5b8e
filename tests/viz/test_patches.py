import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.patches import ConnectionPatch

from zsr_lib.errors import BadInputError
from zsr_lib.viz.patches import kept_patches, matches_figure, middle_of, patch_map


def test_a_number_covers_its_patch_and_nothing_else():
    found = patch_map(np.array([3.0, 5.0]), np.array([1, 2]), grid=2, side=4)
    assert found.tolist() == [[0, 0, 3, 3], [0, 0, 3, 3], [5, 5, 0, 0], [5, 5, 0, 0]]


def test_what_was_kept_is_as_it_was_and_the_rest_fades():
    picture = np.random.default_rng(0).integers(0, 256, (4, 4, 3)).astype(np.uint8)
    found = kept_patches(picture, np.array([0, 3]), grid=2)
    kept = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]], bool)
    np.testing.assert_array_equal(found[kept], picture[kept])
    assert np.ptp(found[~kept].astype(float)) < 0.2 * 255
    np.testing.assert_array_equal(kept_patches(picture, np.arange(4), 2), picture)


def test_lines_end_in_the_middle_of_their_patches():
    sketch, photo = np.full((8, 8, 3), 255, np.uint8), np.zeros((16, 16, 3), np.uint8)
    figure = matches_figure(sketch, photo, [(0, 3), (1, 0)], grid=2)
    lines = [each for each in figure.get_children() if isinstance(each, ConnectionPatch)]
    assert [(each.xy1, each.xy2) for each in lines] == [((1.5, 1.5), (11.5, 11.5)), ((5.5, 1.5), (3.5, 3.5))]
    pyplot.close(figure)


def test_places_run_in_reading_order():
    assert [middle_of(place, 2, 4) for place in range(4)] == [(0.5, 0.5), (2.5, 0.5), (0.5, 2.5), (2.5, 2.5)]


@pytest.mark.parametrize(("values", "places", "side"), [([1, 2], [0], 4), ([1], [4], 4), ([1], [-1], 4), ([1], [0], 5)])
def test_what_does_not_fit_is_refused(values, places, side):
    with pytest.raises(BadInputError, match="give a number a place"):
        patch_map(np.array(values), np.array(places), 2, side)
