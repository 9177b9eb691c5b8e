import numpy as np
import pytest

from zsr_lib.data.scenes.canvas import index_canvas

SQUARE = [(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)]


@pytest.mark.parametrize("side", [16, 64, 256])
def test_a_square_covers_its_share_of_the_canvas(side):
    share = (index_canvas([SQUARE], side) == 1).mean()
    assert share == pytest.approx(0.25, abs=1.1 / side)


def test_later_polygons_lie_on_top_and_empty_ones_keep_their_number():
    canvas = index_canvas([SQUARE, [], [(x * 0.5, y * 0.5) for x, y in SQUARE]], 64)
    assert set(np.unique(canvas)) == {0, 1, 3}
    assert canvas[20, 20] == 3
    assert canvas[40, 40] == 1


def test_polygons_may_reach_far_outside():
    assert (index_canvas([[(-50, -50), (50, -50), (50, 50), (-50, 50)]], 16) == 1).all()
