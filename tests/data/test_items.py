from dataclasses import replace

import numpy as np
import pytest

from zsr_lib.data.items import ItemSet, joined
from zsr_lib.data.registry import Dataset
from zsr_lib.errors import BadInputError, UnknownNameError

CLASSES = ("river", "runway")


def make(count=4, **more):
    """Items of a modality with everything that an item can have."""
    payload = {
        "pixels": np.arange(count * 12, dtype=np.uint16).reshape(count, 2, 2, 3),
        "bands": ("green", "red", "nir"),
        "tokens": np.arange(count * 6, dtype=np.float32).reshape(count, 3, 2),
        "sentences": np.array([f"sentence {row}" for row in range(count)]),
        "tags": np.eye(count, 2, dtype=np.uint8),
        "tag_names": ("water", "grass"),
        "footprints": np.arange(count * 5, dtype=np.float64).reshape(count, 5),
        "pairs": np.array([f"pan/{row}" for row in range(count)]),
    }
    ids = np.array([f"ms/{row}" for row in range(count)])
    return ItemSet(ids, np.arange(count) % 2, CLASSES, "ms", "camera", **(payload | more))


def test_whatever_items_have_is_taken_row_by_row():
    items = make()
    some = items.of_ids(["ms/3", "ms/1", "elsewhere"])
    assert some.ids.tolist() == ["ms/1", "ms/3"]
    for name in ("pixels", "tokens", "sentences", "tags", "footprints", "pairs"):
        np.testing.assert_array_equal(getattr(some, name), getattr(items, name)[[1, 3]])
    assert (some.bands, some.tag_names) == (items.bands, items.tag_names)


def test_parts_are_put_together_again():
    items = make()
    both = joined(items.take([0, 2]), items.take([1, 3]))
    for name in ("ids", "labels", "pixels", "tokens", "sentences", "tags", "footprints", "pairs"):
        np.testing.assert_array_equal(getattr(both, name), getattr(items, name)[[0, 2, 1, 3]])


def test_what_only_one_part_has_is_left_out():
    items = make()
    other = replace(items.take([1]), tag_names=("water", "sand"), sentences=None, feature_key="x")
    both = joined(items.take([0]), other)
    assert (both.tags, both.tag_names, both.sentences, both.feature_key) == (None, (), None, "")
    assert len(both.tokens) == 2


def test_pictures_of_other_bands_are_not_joined():
    items = make()
    with pytest.raises(BadInputError, match="different sizes or bands"):
        joined(items.take([0]), replace(items.take([1]), bands=("red", "green", "nir")))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"tags": np.zeros((3, 2), np.uint8)}, "tags has 3 rows but there are 4 ids"),
        ({"tags": np.zeros((4, 3), np.uint8)}, r"ms items have 2 tag names, but tags of shape \(3,\)"),
        ({"tags": None}, "2 tag names, but tags of shape None"),
        ({"tags": np.zeros(4, np.uint8)}, r"2 tag names, but tags of shape \(\)"),
        ({"bands": ("red",)}, r"ms pixels of shape \(4, 2, 2, 3\) do not have 1 bands \(red\)"),
        ({"footprints": np.zeros((4, 4))}, r"footprints have shape \(4, 4\)"),
        ({"pairs": np.array(["a"])}, "pairs has 1 rows"),
        ({"sentences": np.array(["a"])}, "sentences has 1 rows"),
    ],
)
def test_columns_and_rows_that_do_not_fit_are_named(wrong, message):
    with pytest.raises(BadInputError, match=message):
        make(**wrong)


def test_a_data_set_holds_items_under_their_own_modality_and_classes():
    items = make()
    assert Dataset("own", CLASSES, {"ms": items}, "").of("ms") is items
    with pytest.raises(BadInputError, match="pan items of 'own' are of modality ms, or have other classes"):
        Dataset("own", CLASSES, {"pan": items}, "")
    with pytest.raises(BadInputError, match="or have other classes"):
        Dataset("own", CLASSES[::-1], {"ms": items}, "")
    with pytest.raises(BadInputError, match="'own' has no photo items"):
        _ = Dataset("own", CLASSES, {"ms": items}, "").photos


def test_an_unknown_origin_names_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean camera"):
        replace(make(), origin="camra")
