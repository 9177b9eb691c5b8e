import numpy as np
import pytest

from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.viz.contact_sheet import contact_sheet, evenly

CLASSES = ("red", "green", "blue", "nothing")
COLOURS = np.array([(255, 0, 0), (0, 255, 0), (0, 0, 255)], np.uint8)


@pytest.fixture
def items():
    """Five plain tiles of each of three colours, in mixed order; the fourth class is empty."""
    labels = np.tile(np.arange(3), 5)
    pixels = np.broadcast_to(COLOURS[labels][:, None, None], (15, 8, 8, 3))
    return ItemSet(np.array([f"{row}" for row in range(15)]), labels, CLASSES, "photo", "camera", pixels)


def area_of(sheet, colour):
    return np.argwhere((np.asarray(sheet) == colour).all(axis=2))


def test_rows_are_classes_and_columns_item_sets(items):
    sheet = contact_sheet({"photo": items, "sketch": items}, per_class=3, tile=32)
    tops, middle = [], sheet.width // 2
    for colour in COLOURS:
        area = area_of(sheet, colour)
        assert len(area) == 2 * 3 * 30 * 30  # a tile less its outline
        assert (area[:, 1] < middle).sum() > 0 < (area[:, 1] > middle).sum()
        tops.append(area[:, 0].min())
    assert tops == sorted(tops)


def test_chosen_classes_in_the_given_order(items):
    sheet = contact_sheet({"photo": items}, ["blue", "red"], per_class=2, tile=32)
    assert len(area_of(sheet, COLOURS[1])) == 0
    assert area_of(sheet, COLOURS[2])[:, 0].max() < area_of(sheet, COLOURS[0])[:, 0].min()


def test_class_without_items_says_none(items):
    with_word = np.asarray(contact_sheet({"photo": items}, ["nothing"], per_class=2, tile=32))
    assert (with_word[:, with_word.shape[1] // 2 :] < 160).any()
    assert not any(len(area_of(with_word, colour)) for colour in COLOURS)


def test_labels_are_written_left_of_the_tiles(items):
    sheet = np.asarray(contact_sheet({"photo": items}, ["red"], per_class=1, tile=96))
    left = area_of(sheet, COLOURS[0])[:, 1].min()
    dark = np.argwhere(sheet[:, : left - 2].max(axis=2) < 100)
    assert len(dark) > 50
    assert np.ptp(dark[:, 0]) >= 8  # letters tall enough to read


def test_large_images_are_made_smaller(items):
    large = ItemSet(items.ids, items.labels, CLASSES, "photo", "camera", np.repeat(np.repeat(items.pixels, 8, 1), 8, 2))
    assert contact_sheet({"photo": large}, tile=32).size == contact_sheet({"photo": items}, tile=32).size


def test_bands_are_shown_by_their_names_and_stretched(items):
    pixels = np.zeros((15, 8, 8, 4), np.uint16)
    pixels[:, :4, :, 3] = 1000  # the upper half shines in the fourth band
    spectral = ItemSet(items.ids, items.labels, CLASSES, "ms", "camera", pixels, bands=("nir", "blue", "green", "red"))
    sheet = contact_sheet({"ms": spectral}, ["red"], per_class=1, tile=32)
    assert len(area_of(sheet, (255, 0, 0))) == 30 * 15
    grey = contact_sheet({"pan": ItemSet(*list(vars(spectral).values())[:5], pixels[..., 3:])}, ["red"], 1, 32)
    assert len(area_of(grey, (255, 0, 0))) == 0


def test_items_without_pixels_are_named(items):
    with pytest.raises(BadInputError, match="text have no pixels to show"):
        contact_sheet({"text": ItemSet(items.ids, items.labels, CLASSES, "text", "hand")})


@pytest.mark.parametrize(
    ("count", "wanted", "expected"), [(10, 3, [0, 4, 9]), (2, 6, [0, 1]), (1, 1, [0]), (0, 4, []), (7, 7, range(7))]
)
def test_evenly_spread(count, wanted, expected):
    assert evenly(count, wanted).tolist() == list(expected)


def test_same_items_give_the_same_sheet(items):
    first, second = (contact_sheet({"photo": items}).tobytes() for _ in range(2))
    assert first == second


def test_mistakes(items):
    with pytest.raises(UnknownNameError, match="did you mean green"):
        contact_sheet({"photo": items}, ["gren"])
    for options in ({"per_class": 0}, {"tile": 4}):
        with pytest.raises(BadInputError):
            contact_sheet({"photo": items}, **options)
    with pytest.raises(BadInputError):
        contact_sheet({})
