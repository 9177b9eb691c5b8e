from dataclasses import replace

import numpy as np
import pytest

from tests.models.shapes import shapes
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments.blind import blind


@pytest.mark.parametrize("name", ["labels", "classes", "class_names", "pairs"])
def test_what_tells_the_class_is_refused_and_the_reader_named(name):
    items = blind(shapes().photos)
    with pytest.raises(LeakError, match=rf"test_blind\.py, line \d+\) reads {name}"):
        getattr(items, name)


def test_pixels_and_features_are_those_of_the_items_and_ids_are_numbers():
    photos = shapes().photos
    photos = replace(photos, features=np.ones((len(photos), 2), np.float32), feature_key="k", pairs=photos.ids)
    items = blind(photos, first=5)
    assert items.pixels is photos.pixels
    assert items.features is photos.features
    assert (items.feature_key, items.modality, items.origin) == ("k", "photo", "camera")
    assert items.ids.tolist()[:2] == ["item 5", "item 6"]


def test_parts_can_be_taken_and_are_as_blind():
    part = blind(shapes().photos).take([3, 1])
    assert part.ids.tolist() == ["item 3", "item 1"]
    with pytest.raises(LeakError):
        part.labels  # noqa: B018
