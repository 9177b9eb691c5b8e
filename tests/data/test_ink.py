import numpy as np
import pytest

from zsr_lib.data.ink import inked


@pytest.mark.parametrize("pen", [2, 4, 8])
def test_a_line_is_as_wide_as_the_pen_and_where_it_was_drawn(pen):
    pixels = inked([([40, 200], [60, 60])], pen)
    rows, columns = np.nonzero(pixels[..., 0] < 128)
    assert (pixels[:, 120, 0] < 128).sum() == pytest.approx(pen, abs=1)
    assert rows.mean() == pytest.approx(60, abs=0.6)
    assert columns.min() == pytest.approx(40 - pen / 2, abs=1.1)
    assert columns.max() == pytest.approx(200 + pen / 2, abs=1.1)


def test_the_side_changes_the_size_and_not_the_drawing():
    strokes = [([10, 240, 128], [20, 60, 250])]
    large, small = (inked(strokes, side=side)[..., 0].astype(float) for side in (256, 64))
    assert np.abs(large.reshape(64, 4, 64, 4).mean(axis=(1, 3)) - small).mean() < 2
