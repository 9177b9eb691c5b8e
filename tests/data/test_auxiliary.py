from dataclasses import replace

import numpy as np
import pytest

from zsr_lib.data.auxiliary import same_classes, with_seen_from, without_classes
from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.items import ItemSet
from zsr_lib.data.registry import Dataset
from zsr_lib.errors import BadInputError

CLASSES = ("ant", "aeroplane", "bear", "Racquet")
UNSEEN = ("river", "runway")


def make_set(modality, origin, classes=CLASSES):
    """Two items a class; each pixel is the label in `CLASSES`."""
    labels = np.repeat(np.arange(len(classes)), 2)
    ids = np.array([f"{classes[label]}/{row}" for row, label in enumerate(labels)])
    pixels = np.broadcast_to(labels[:, None, None, None], (len(labels), 2, 2, 3)).astype(np.uint8)
    return ItemSet(ids, labels, classes, modality, origin, pixels, pairs=ids)


@pytest.fixture
def other():
    items = {"photo": make_set("photo", "camera"), "sketch": make_set("sketch", "hand")}
    return Dataset("other", CLASSES, items, "abc", ("a note",))


def test_no_spelling_of_a_held_out_class_stays(other):
    left = without_classes(other, ("airplane", "Tennis_rackets", "river"))
    assert left.left_out == ("aeroplane", "Racquet")
    assert left.classes == left.photos.classes == left.sketches.classes == ("ant", "bear")
    for items in left.items.values():
        assert items.class_names.tolist() == ["ant", "ant", "bear", "bear"]
        assert items.labels.tolist() == [0, 0, 1, 1]
        assert items.pixels[:, 0, 0, 0].tolist() == [0, 0, 2, 2]
        assert items.pairs.tolist() == items.ids.tolist() == ["ant/0", "ant/1", "bear/4", "bear/5"]
    assert (left.name, left.checksum, left.notes) == ("other", "abc", ("a note",))


def test_what_is_not_touched_is_not_copied(other):
    left = without_classes(other, ("river",))
    assert left.left_out == ()
    assert left.photos.pixels is other.photos.pixels


def test_data_sets_without_sketches_are_welcome(other):
    only_photos = Dataset("other", CLASSES, {"photo": other.photos}, "abc")
    assert without_classes(only_photos, ("bear",)).sketches is None


def test_nothing_left_is_an_error(other):
    with pytest.raises(BadInputError, match="every class of the auxiliary data set 'other' is held out"):
        without_classes(other, ("ant", "aircraft", "bear (animal)", "racket"))


def test_names_that_mean_nothing_match_nothing():
    assert same_classes(("", "---", "ant"), ("", "...", "Ants")) == ("ant",)


def test_what_is_near_but_may_stay_goes_where_that_is_asked_for(other):
    assert without_classes(other, ("tennis court",)).left_out == ()
    assert without_classes(other, ("tennis court",), without_near=True).left_out == ("Racquet",)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two draws of the generated scenes; the second one lists its classes backwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZSR_CACHE", str(tmp_path_factory.mktemp("cache")))
        names = ("harbor", "river", "runway", "freeway")
        options = {"size": 16, "per_class": 3, "progress": False}
        first = load_dataset("generated", seed=0, classes=names, **options)
        return first, load_dataset("generated", seed=1, classes=names[::-1], **options)


def test_unseen_items_are_our_own_and_all_others_are_theirs(pair):
    ours, theirs = pair
    both = with_seen_from(ours, theirs, UNSEEN)
    assert both.classes == ours.classes
    assert both.checksum == ours.checksum
    for modality, items in both.items.items():
        own, other = ours.items[modality], theirs.items[modality]
        assert len(items) == len(own)
        for name in ours.classes:
            source = own if name in UNSEEN else other
            rows = items.take(items.rows_of([name]))
            expected = source.take(source.rows_of([name]))
            np.testing.assert_array_equal(rows.pixels, expected.pixels)
            told = expected.ids if name in UNSEEN else np.array([f"generated/{each}" for each in expected.ids])
            assert rows.ids.tolist() == told.tolist()


def test_a_class_that_the_other_one_lacks_is_named(pair):
    ours, theirs = pair
    names = tuple("quarry" if name == "freeway" else name for name in theirs.classes)
    items = {modality: replace(each, classes=names) for modality, each in theirs.items.items()}
    renamed = replace(theirs, classes=names, items=items)
    with pytest.raises(BadInputError, match="freeway"):
        with_seen_from(ours, renamed, UNSEEN)


def test_a_data_set_with_other_modalities_is_refused(pair):
    ours, theirs = pair
    with pytest.raises(BadInputError, match="modalities are photo, sketch and photo"):
        with_seen_from(ours, replace(theirs, items={"photo": theirs.photos}), UNSEEN)
