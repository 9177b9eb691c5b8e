import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.features.hog import hog_features


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
