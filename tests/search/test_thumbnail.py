"""Small pictures of files and of their windows."""

import io

import numpy as np
import pytest
from PIL import Image

from zsr_lib.errors import BadFileError
from zsr_lib.search.thumbnail import thumbnail
from zsr_lib.search.windows import Window


@pytest.fixture
def path(tmp_path):
    """Red on the left, blue on the right, 80 × 40."""
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:, :40, 0] = pixels[:, 40:, 2] = 255
    Image.fromarray(pixels).save(tmp_path / "a.png")
    return tmp_path / "a.png"


def decoded(data):
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "JPEG"
        return np.asarray(picture, np.int64)


def test_a_whole_picture_is_squeezed_into_the_square(path):
    pixels = decoded(thumbnail(path, None, 32))
    assert pixels.shape == (32, 32, 3)
    assert np.abs(pixels[:, 2] - [255, 0, 0]).max() < 30
    assert np.abs(pixels[:, -3] - [0, 0, 255]).max() < 30


def test_a_window_is_shown_alone(path):
    assert np.abs(decoded(thumbnail(path, Window(40, 0, 40, 40), 32)) - [0, 0, 255]).max() < 30


@pytest.mark.parametrize("window", [Window(41, 0, 40, 40), Window(0, 1, 40, 40), Window(500, 500, 40, 40)])
def test_a_window_beyond_the_picture_is_refused(path, window):
    with pytest.raises(BadFileError, match="smaller than when it was indexed"):
        thumbnail(path, window, 32)


def test_what_is_gone_is_refused(path):
    path.unlink()
    with pytest.raises(BadFileError, match="cannot be read"):
        thumbnail(path, None, 32)
