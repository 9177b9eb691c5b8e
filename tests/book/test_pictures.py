import numpy as np
import pytest
from PIL import Image

from zsr_lib.book.pictures import INK, PAPER, dark_twin

ANYTHING = np.random.default_rng(0).integers(0, 250, (40, 60, 3)).astype(np.uint8)


def figure(**patches):
    """A white figure of 200 × 100 pixels with patches of colour at places of their own."""
    pixels = np.full((100, 200, 3), 255, np.uint8)
    for place, colour in zip(((10, 10), (10, 90)), patches.values(), strict=False):
        pixels[place[0] : place[0] + 40, place[1] : place[1] + 60] = colour
    return Image.fromarray(pixels)


def test_paper_and_ink_change_places():
    twin = np.asarray(dark_twin(figure(black=0)))
    assert tuple(twin[0, 0]) == PAPER
    assert tuple(twin[20, 20]) == INK


def test_colours_keep_their_hue():
    red, green, blue = (int(each) for each in np.asarray(dark_twin(figure(blue=(0, 114, 178))))[20, 20])
    assert red < green < blue


def test_a_strong_colour_in_the_middle_gets_lighter_and_a_tint_gets_dark():
    pixels = np.asarray(dark_twin(figure(purple=(204, 121, 167), cream=(253, 242, 224))), int)
    purple, cream = pixels[20, 20], pixels[20, 100]
    assert purple.max() + purple.min() > 2 * 120
    assert cream.max() < 80


def test_a_box_with_words_is_no_photo():
    box = np.full((40, 60, 3), (253, 242, 224), np.uint8)
    box[12:28, 10:50] = ANYTHING[12:28, 10:50]
    assert tuple(np.asarray(dark_twin(figure(box=box, black=0)))[12, 12]) != (253, 242, 224)


def test_photos_stay_as_they_are():
    twin = np.asarray(dark_twin(figure(photo=ANYTHING, black=0)))
    assert np.array_equal(twin[10:50, 10:70], ANYTHING)
    assert tuple(twin[20, 100]) == INK


def test_what_is_transparent_is_paper():
    empty = Image.new("RGBA", (30, 30), (0, 0, 0, 0))
    assert tuple(np.asarray(dark_twin(empty))[0, 0]) == PAPER


@pytest.mark.parametrize("grey", [0, 128])
def test_a_picture_without_paper_has_no_twin(grey):
    assert dark_twin(Image.new("RGB", (50, 50), (grey, grey, grey))) is None
