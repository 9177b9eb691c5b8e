import matplotlib.pyplot as plt
import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.search.found import Found, Photo
from zsr_lib.viz.found_figure import found_figure

PIXELS = {"backbone": "pixels", "size": 8}


def picture(seed):
    return np.random.default_rng(seed).integers(0, 256, (16, 16, 3)).astype(np.uint8)


@pytest.fixture
def found():
    """Five photos, compared by their pixels."""
    photos = [Photo("sparseresidential", "unseen", picture(seed), 0.25, 0.75) for seed in range(5)]
    method = create("frozen", {"features": PIXELS})
    return Found(picture(9), np.ones(64, np.float32), method, "pixels", "cosine", "unseen", 40, tuple(photos))


def drawn(figure):
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba()).copy()
    plt.close(figure)
    return pixels


def test_the_sketch_comes_first_then_the_photos_with_what_is_known_of_them(found):
    figure = found_figure(found)
    shown = [axis for axis in figure.axes if axis.images]
    assert [
        np.array_equal(axis.images[0].get_array(), pixels)
        for axis, pixels in zip(shown, [found.sketch, *(photo.pixels for photo in found.photos)], strict=True)
    ] == [True] * 6
    assert shown[2].get_title() == "2  sparseresidential\n0.750  unseen"
    plt.close(figure)


def test_it_is_readable_on_a_telephone(found, readable):
    for looked in (0, 4):
        figure = found_figure(found, looked)
        readable(figure)
        boxes = [axis.title.get_window_extent() for axis in figure.axes if axis.images]
        assert not any(one.overlaps(other) for place, one in enumerate(boxes) for other in boxes[place + 1 :])
        plt.close(figure)


def test_it_is_the_same_every_time(found):
    assert np.array_equal(drawn(found_figure(found, 2)), drawn(found_figure(found, 2)))


def test_what_was_looked_at_is_drawn_for_as_many_as_asked(found):
    figure = found_figure(found, 9)
    titles = [axis.get_title() for axis in figure.axes if axis.images]
    assert sum(title.startswith("looked at") for title in titles) == 5
    plt.close(figure)


def test_nothing_to_draw_is_refused(found):
    with pytest.raises(BadInputError, match="-1 of them"):
        found_figure(found, -1)
