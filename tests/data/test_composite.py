from dataclasses import replace

import numpy as np
import pytest

from zsr_lib.data.composite import with_seen_from
from zsr_lib.data.datasets import load_dataset
from zsr_lib.errors import BadInputError

UNSEEN = ("river", "runway")


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
