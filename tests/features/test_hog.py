import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.features.hog import LUMA, hog_features, pixel_features


def stripes(vertical, side=64):
    line = (np.arange(side) // 4 % 2 * 255).astype(np.uint8)
    image = np.broadcast_to(line[None, :] if vertical else line[:, None], (side, side))
    return np.repeat(image[..., None], 3, axis=-1)


def test_shape_and_type():
    features = hog_features(np.stack([stripes(True), stripes(False)]))
    assert features.shape == (2, 1764)
    assert features.dtype == np.float32


def test_orientation_is_what_counts():
    across, along = hog_features(np.stack([stripes(True), stripes(False)]))
    inverted = hog_features(255 - stripes(True)[None])[0]
    assert np.allclose(across, inverted, atol=1e-6)
    assert np.abs(across - along).max() > 0.3


def test_a_blank_image_has_no_gradients():
    assert not hog_features(np.full((1, 64, 64, 3), 255, np.uint8)).any()


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((2, 64, 64), np.uint8),
        np.zeros((1, 64, 64, 3), np.float32),
        np.zeros((1, 60, 64, 3), np.uint8),
        np.zeros((1, 16, 16, 3), np.uint8),
    ],
)
def test_other_images_are_refused(pixels):
    with pytest.raises(BadInputError, match="What to do"):
        hog_features(pixels)


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
