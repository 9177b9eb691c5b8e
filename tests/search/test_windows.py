"""How scenes are cut."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsr_lib.errors import BadInputError
from zsr_lib.search.windows import Tiling, Window


def test_small_pictures_stay_whole():
    assert list(Tiling().windows(512, 300)) == [Window(0, 0, 512, 300)]


@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 20), st.integers(0, 19))
def test_windows_cover_everything_overlap_enough_and_have_one_size(width, height, side, overlap):
    overlap = min(overlap, side - 1)
    windows = list(Tiling(side, overlap, side).windows(width, height))
    seen = np.zeros((height, width), int)
    for left, top, wide, high in windows:
        assert min(left, top) >= 0
        assert left + wide <= width
        assert top + high <= height
        seen[top : top + high, left : left + wide] += 1
    assert seen.min() >= 1
    assert len({(each.width, each.height) for each in windows}) == 1
    lefts = sorted({each.left for each in windows})
    assert all(b - a <= side - overlap for a, b in pairwise(lefts))


@pytest.mark.parametrize("options", [(8, 8, 8), (8, -1, 8), (8, 2, 4)])
def test_windows_that_cannot_be_are_refused(options):
    with pytest.raises(BadInputError):
        Tiling(*options)
