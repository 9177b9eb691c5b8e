import numpy as np
import pytest
from scipy.spatial.distance import cdist

from zsr_lib.evaluation import distances
from zsr_lib.evaluation.codes import check_codes

ORACLE = {"euclidean": "sqeuclidean", "cosine": "cosine", "l1": "cityblock"}


def block(queries, gallery, distance):
    return distances.block(check_codes(queries, gallery, distance), 0, len(queries))


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.float16, np.int32])
@pytest.mark.parametrize("distance", ORACLE)
def test_agrees_with_scipy(distance, kind, rng):
    queries, gallery = ((rng.normal(size=(rows, 33)) * 9).astype(kind) for rows in (70, 5000))
    expected = cdist(queries.astype(float), gallery.astype(float), ORACLE[distance])
    np.testing.assert_allclose(block(queries, gallery, distance), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("width", [1, 3, 8, 13])
def test_hamming_counts_differing_bits(width, rng):
    queries, gallery = (rng.integers(0, 256, (rows, width), dtype=np.uint8) for rows in (5, 70))
    expected = np.unpackbits(queries[:, None] ^ gallery[None], axis=2).sum(axis=2)
    np.testing.assert_array_equal(block(queries, gallery, "hamming"), expected)


def test_long_binary_codes_are_counted_beyond_16_bits():
    queries, gallery = np.zeros((1, 9000), dtype=np.uint8), np.full((2, 9000), 255, dtype=np.uint8)
    assert block(queries, gallery, "hamming").tolist() == [[72_000, 72_000]]


@pytest.mark.parametrize("distance", [*ORACLE, "hamming"])
def test_batches_give_the_same_bits(distance, rng):
    values = (
        rng.integers(0, 256, (5200, 20)).astype(np.uint8) if distance == "hamming" else rng.normal(size=(5200, 100))
    )
    codes = check_codes(values[:200], values[200:], distance)
    whole = distances.block(codes, 0, 200)
    for first, last in ((0, 64), (64, 192), (128, 200)):
        np.testing.assert_array_equal(distances.block(codes, first, last), whole[first:last])


@pytest.mark.parametrize("size", [1, 63, 65, 1001, 4097])
@pytest.mark.parametrize("distance", ["euclidean", "cosine"])
def test_equal_items_are_equally_far_wherever_they_stand(distance, size, rng):
    """A matrix product may round differently at the edge of a matrix; ties would then depend on the position."""
    gallery = np.tile(rng.normal(size=100).astype(np.float32), (size, 1))
    far = block(rng.normal(size=(65, 100)), gallery, distance)
    assert (far == far[:, :1]).all()


@pytest.mark.parametrize("distance", ["euclidean", "cosine", "l1"])
def test_whole_numbers_tie_exactly(distance, rng):
    bits = np.where(rng.random((300, 60)) < 0.5, 1.0, -1.0)
    far = block(bits[:100], bits[100:], distance)
    hamming = cdist(bits[:100], bits[100:], "hamming") * 60
    for row, count in zip(far, np.round(hamming), strict=True):
        assert len(np.unique(row)) == len(np.unique(count))


def test_euclidean_keeps_its_digits_far_from_the_origin(rng):
    near = rng.normal(size=(2, 50, 8))
    np.testing.assert_allclose(block(near[0] + 1e7, near[1] + 1e7, "euclidean"),
                               cdist(near[0], near[1], "sqeuclidean"), rtol=1e-5)  # fmt: skip


def test_distances_are_never_negative(rng):
    codes = rng.normal(size=(64, 16))
    assert (block(codes, codes, "euclidean") >= 0).all()
