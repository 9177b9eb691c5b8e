import numpy as np
import pytest

from zsr_lib.features.pixels import LUMA, pixel_features


def test_each_value_is_the_grey_of_one_pixel():
    picture = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 3), dtype=np.uint8)
    found = pixel_features(picture)
    assert found.shape == (2, 12)
    assert found.dtype == np.float32
    expected = sum(weight * int(value) for weight, value in zip(LUMA, picture[1, 2, 3], strict=True)) / 255
    assert found[1, 11] == pytest.approx(expected)


def test_black_is_0_and_white_is_1():
    found = pixel_features(np.stack([np.zeros((8, 8, 3), np.uint8), np.full((8, 8, 3), 255, np.uint8)]))
    np.testing.assert_allclose(found, np.repeat([[0.0], [1.0]], 64, axis=1), atol=1e-6)
