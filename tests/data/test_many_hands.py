import numpy as np
import pytest

from zsr_lib.data.many_hands import sketch_by_many
from zsr_lib.data.scenes import render_sketch
from zsr_lib.data.sketch_statistics import describe_ink
from zsr_lib.errors import UnknownNameError


def test_they_are_the_same_every_time_and_differ_among_themselves():
    first, again, second = (sketch_by_many("harbor", 0, number) for number in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, sketch_by_many("harbor", 1, 0))


def test_they_leave_fewer_lines_than_the_data_sets_hand():
    many = np.stack([sketch_by_many("harbor", 0, number) for number in range(8)])
    usual = np.stack([render_sketch("harbor", 0, number, 256) for number in range(8)])
    lengths = [describe_ink(each)["length"].mean() for each in (many, usual)]
    assert lengths[0] < lengths[1]


@pytest.mark.parametrize("name", ["river", "storagetanks", "bridge"])
def test_every_drawing_has_ink_on_white_paper(name):
    for number in range(4):
        pixels = sketch_by_many(name, 3, number, 96)
        assert pixels.shape == (96, 96, 3)
        assert np.median(pixels) == 255
        assert pixels.min() < 128


def test_an_unknown_class_is_refused():
    with pytest.raises(UnknownNameError):
        sketch_by_many("moon", 0, 0)
