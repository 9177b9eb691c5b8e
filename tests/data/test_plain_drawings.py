import numpy as np
import pytest

from zsr_lib.data.plain_drawings import SIDE, inked, plain_drawings, plain_strokes
from zsr_lib.data.scenes import class_names


@pytest.fixture(scope="module")
def drawings():
    return plain_drawings()


def test_there_are_five_of_every_class_of_generated_scenes(drawings):
    assert tuple(plain_strokes()) == drawings.classes == class_names()
    assert np.bincount(drawings.labels).tolist() == [5] * len(drawings.classes)
    assert (drawings.modality, drawings.origin) == ("sketch", "hand")


def test_strokes_are_columns_and_rows_on_the_pad():
    for columns, rows in (stroke for every in plain_strokes().values() for each in every for stroke in each):
        assert len(columns) == len(rows) > 1
        assert min(*columns, *rows) >= 0
        assert max(*columns, *rows) < SIDE


def test_no_two_are_alike_and_all_have_ink(drawings):
    flat = np.asarray(drawings.pixels).reshape(len(drawings), -1)
    assert len(np.unique(flat, axis=0)) == len(drawings)
    assert ((flat < 128).mean(axis=1) > 0.005).all()


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
