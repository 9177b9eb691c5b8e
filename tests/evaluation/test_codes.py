import numpy as np
import pytest

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.codes import check_codes

ONES = np.ones((3, 16), dtype=np.float32)
BYTES = np.full((3, 2), 7, dtype=np.uint8)


def test_packed_bits_are_taken_as_they_are():
    assert check_codes(BYTES, BYTES, "hamming").queries is BYTES


@pytest.mark.parametrize("off", [0, -1])
def test_single_bits_are_packed(off, rng):
    bits = rng.random((4, 16)) < 0.5
    codes = check_codes(bits if off == 0 else np.where(bits, 1.0, -1.0), np.where(bits, 1, off), "hamming")
    np.testing.assert_array_equal(codes.gallery, np.packbits(bits, axis=1))


@pytest.mark.parametrize(("queries", "gallery", "distance", "message"), [
    (np.where(ONES == 1, np.nan, 0), ONES, "euclidean", "query code 0 holds NaN"),
    (ONES, np.where(np.arange(3)[:, None] == 2, np.inf, ONES), "cosine", "gallery code 2 holds NaN or infinite"),
    (ONES, ONES[:, :8], "euclidean", "16 dimensions and gallery codes 8"),
    (ONES, ONES[:0], "euclidean", r"shape \(0, 16\)"),
    (ONES[0], ONES, "euclidean", r"shape \(16,\)"),
    (ONES.astype(str), ONES, "l1", "not numbers"),
    (ONES, ONES * [[1], [0], [1]], "cosine", "gallery code 1 is all zeros"),
    (ONES * 1e-200, ONES, "cosine", "query code 0 is all zeros"),
    (ONES, ONES * [[1], [-1e200], [1]], "euclidean", "gallery code 1 holds values beyond"),
    (ONES[:, :12], ONES[:, :12], "hamming", "12 bits, which is not a multiple of 8"),
    (ONES[:, :12].astype(bool), ONES[:, :12].astype(bool), "hamming", "12 bits"),
    (ONES * 2, ONES, "hamming", "compares bits"),
    (BYTES, BYTES.astype(float), "hamming", "compares bits"),
])  # fmt: skip
def test_codes_that_cannot_be_compared(queries, gallery, distance, message):
    with pytest.raises(BadInputError, match=message):
        check_codes(queries, gallery, distance)


def test_unknown_distance():
    with pytest.raises(UnknownNameError, match="did you mean euclidean"):
        check_codes(ONES, ONES, "euclid")
