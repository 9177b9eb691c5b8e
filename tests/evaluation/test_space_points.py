import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.space_points import as_points, points_of_both

BITS = np.array([[0b10000001, 2], [0b11111111, 0]], np.uint8)


def test_bits_become_0_and_1():
    assert as_points(BITS, "hamming")[:, :8].tolist() == [[1, 0, 0, 0, 0, 0, 0, 1], [1] * 8]


def test_codes_of_cosine_become_directions():
    assert as_points(np.array([[3, 4], [0, -2]]), "cosine").tolist() == [[0.6, 0.8], [0, -1]]


@pytest.mark.parametrize("distance", ["euclidean", "l1"])
def test_other_codes_stay(distance):
    points = as_points(np.array([[3, 4]], np.float16), distance)
    assert (points.tolist(), points.dtype) == ([[3, 4]], np.float64)


def test_packed_bits_that_are_all_0_stay_as_long_as_the_others():
    """Alone, bytes of 0 and 1 pass for single bits."""
    nothing, some = points_of_both(np.zeros((3, 2), np.uint8), BITS, "hamming")
    assert (nothing.shape, some.shape, nothing.sum()) == ((3, 16), (2, 16), 0)


def test_codes_of_different_size_are_refused():
    with pytest.raises(BadInputError, match="dimensions"):
        points_of_both(np.ones((2, 3)), np.ones((2, 4)), "euclidean")
