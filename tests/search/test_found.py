import numpy as np
import pytest

from zsr_lib.search.found import Photo


@pytest.mark.parametrize(("score", "written"), [(0.28, "0.280"), (-12.0, "-12"), (-0.0, "0"), (-3.14159, "-3.142")])
def test_scores_are_short_and_bits_whole(score, written):
    assert Photo("runway", "unseen", np.zeros((1, 1, 3), np.uint8), 0.0, score).written == written
