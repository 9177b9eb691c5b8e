import base64
import io

import numpy as np
from PIL import Image

from zsr_lib.viz.inline_picture import inline_picture


def decoded(address):
    head, _, data = address.partition(",")
    return head, np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_the_picture_comes_back():
    pixels = np.random.default_rng(0).integers(0, 256, (8, 9, 3)).astype(np.uint8)
    head, found = decoded(inline_picture(pixels, "png"))
    assert head == "data:image/png;base64"
    assert np.array_equal(found, pixels)
    head, found = decoded(inline_picture(np.full((8, 9, 3), 77, np.uint8)))
    assert head == "data:image/jpeg;base64"
    assert np.abs(found.astype(int) - 77).max() <= 2
