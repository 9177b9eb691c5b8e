from dataclasses import replace

import numpy as np
import pytest

from tests.models.shapes import SPLIT, UNSEEN, drawings, shapes, shapes_task
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.pool import pool_of


@pytest.fixture
def task():
    return shapes_task()


def without(items, *names):
    return items.of_classes([name for name in items.classes if name not in names])


def test_a_pool_holds_all_of_the_seen_classes_and_nothing_else(task):
    pool = pool_of(task)
    assert pool.classes == ("bar", "cross", "river", "runway")
    for items, all_items in ((pool.items["photo"], task.dataset.photos), (pool.items["sketch"], task.dataset.sketches)):
        assert set(items.ids) == {each for each in all_items.ids if each.partition("/")[0] not in UNSEEN}
        assert [pool.classes[label] for label in pool.labels(items)] == items.class_names.tolist()


def test_validation_classes_are_a_pool_of_their_own():
    task = build_task(shapes(), SPLIT, validation_classes=["river"])
    seen, held = pool_of(task), pool_of(task, "validation")
    assert (seen.classes, held.classes) == (("bar", "cross", "runway"), ("river",))
    assert set(held.items["photo"].class_names) == {"river"}
    assert "river" not in {name for items in seen for name in items.class_names}


def test_drawings_stand_in_for_hands_that_are_missing():
    dataset = shapes()
    few = replace(dataset, items=dataset.items | {"sketch": without(dataset.sketches, "cross")})
    pool = pool_of(shapes_task(dataset=few, machine_sketches=drawings(dataset)))
    sketches = pool.items["sketch"]
    drawn = np.array([each.startswith("drawn/") for each in sketches.ids])
    assert set(sketches.class_names[drawn]) == {"cross"}
    assert set(sketches.class_names[~drawn]) == {"bar", "river", "runway"}


def test_classes_without_photos_or_sketches_are_named(task):
    dataset = task.dataset
    for broken in (
        replace(dataset, items=dataset.items | {"photo": without(dataset.photos, "river", "bar")}),
        replace(dataset, items=dataset.items | {"sketch": without(dataset.sketches, "river", "bar")}),
    ):
        with pytest.raises(BadInputError, match="bar, river"):
            pool_of(replace(task, dataset=broken))


def test_there_is_no_pool_of_unseen_classes(task):
    with pytest.raises(BadInputError, match="unseen"):
        pool_of(task, "unseen")
