import numpy as np
import pytest

from zsr_lib.data.ink import SIDE
from zsr_lib.data.plain_drawings import plain_drawings, plain_strokes
from zsr_lib.data.scenes import class_names


@pytest.fixture(scope="module")
def drawings():
    return plain_drawings()


def test_there_are_five_of_every_class_of_generated_scenes(drawings):
    assert tuple(plain_strokes()) == drawings.classes == class_names()
    assert np.bincount(drawings.labels).tolist() == [5] * len(drawings.classes)
    assert (drawings.modality, drawings.origin) == ("sketch", "recipe")


def test_strokes_are_columns_and_rows_on_the_pad():
    for columns, rows in (stroke for every in plain_strokes().values() for each in every for stroke in each):
        assert len(columns) == len(rows) > 1
        assert min(*columns, *rows) >= 0
        assert max(*columns, *rows) < SIDE


def test_no_two_are_alike_and_all_have_ink(drawings):
    flat = np.asarray(drawings.pixels).reshape(len(drawings), -1)
    assert len(np.unique(flat, axis=0)) == len(drawings)
    assert ((flat < 128).mean(axis=1) > 0.005).all()
