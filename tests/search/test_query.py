"""Drawings as files, bytes and arrays."""

import io

import numpy as np
import pytest
from PIL import Image

from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.search.query import query_pixels


@pytest.fixture
def drawing():
    """(96, 96, 3): a thick line on paper."""
    pixels = np.full((96, 96, 3), 255, np.uint8)
    pixels[30:40, 10:80] = 0
    return pixels


def test_a_file_its_bytes_and_its_pixels_are_the_same_query(drawing, tmp_path):
    stream = io.BytesIO()
    Image.fromarray(drawing).save(stream, "PNG")
    (tmp_path / "drawing.png").write_bytes(stream.getvalue())
    found = [query_pixels(each, 64) for each in (tmp_path / "drawing.png", stream.getvalue(), drawing)]
    assert found[0].shape == (64, 64, 3)
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])


def test_a_drawing_of_the_right_size_stays_as_it_is(drawing):
    assert np.array_equal(query_pixels(drawing, 96), drawing)
    assert np.array_equal(query_pixels(255 - drawing, 96), drawing)


@pytest.mark.parametrize("pixels", [np.zeros((4, 4)), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)])
def test_arrays_that_are_no_pictures_are_refused(pixels):
    with pytest.raises(BadInputError, match="a drawing has shape"):
        query_pixels(pixels, 64)


def test_empty_and_damaged_drawings_are_refused(drawing):
    with pytest.raises(BadInputError, match="the drawing is empty"):
        query_pixels(np.full_like(drawing, 255), 64)
    with pytest.raises(BadFileError, match="not an image"):
        query_pixels(b"text", 64)
