from dataclasses import replace

import numpy as np
import pytest

from tests.models.shapes import UNSEEN, drawings, shapes, shapes_task
from zsr_lib.data.task import build_task
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments.watching import watched


@pytest.fixture
def shown():
    return watched(shapes_task(machine_sketches=drawings(shapes())))


@pytest.mark.parametrize(
    "reach",
    [
        lambda task: task.gallery(),
        lambda task: task.queries(),
        lambda task: task.photos("unseen"),
        lambda task: task.dataset.photos.pixels,
        lambda task: task.dataset.sketches.ids,
        lambda task: task.dataset.photos.take([0]),
        lambda task: task.dataset.photos.of_classes(UNSEEN),
        lambda task: task.photos("seen").of_classes(UNSEEN),
        lambda task: vars(task.dataset.photos),
    ],
)
def test_unseen_items_are_out_of_reach_and_the_caller_is_named(shown, reach):
    task, watch = shown
    with pytest.raises(LeakError, match=r"<lambda> \(test_watching\.py, line \d+\) reaches for (photo|sketch|all)"):
        reach(task)
    assert len(watch.attempts) == 1


def test_unseen_items_are_not_even_there(shown):
    task, _ = shown
    assert not set(task.dataset.photos.class_names) & set(UNSEEN)
    assert len(task.dataset.photos) == 24


def test_what_is_allowed_is_as_in_the_task_itself(shown):
    task, _ = shown
    plain = shapes_task(machine_sketches=drawings(shapes()))
    for ask in (lambda t: t.photos("seen"), lambda t: t.training_sketches(), lambda t: t.machine_sketches("seen")):
        for name in ("ids", "labels", "pixels"):
            np.testing.assert_array_equal(getattr(ask(task), name), getattr(ask(plain), name))


def test_only_what_is_looked_at_is_noted_class_by_class(shown):
    task, watch = shown
    photos, drawn = task.photos("seen"), task.machine_sketches("seen")
    assert len(photos.of_classes(["bar", "river"]).class_names) == 12
    assert not watch.observed()
    photos.of_classes(["bar", "river"]).take([0])
    assert len(drawn.of_classes(["cross"]).pixels) == len(task.auxiliary[0].sketches.of_classes(["bar"]).pixels) == 6
    assert watch.as_plain() == [
        {"name": "machine-made sketch items of 'shapes'", "classes": ["cross"], "items": 6},
        {"name": "photo items of 'shapes'", "classes": ["bar", "river"], "items": 12},
        {"name": "sketch items of 'others'", "classes": ["bar"], "items": 6},
    ]


def test_nothing_is_withheld_where_a_leak_is_to_be_labelled():
    task, watch = watched(shapes_task(), legacy=True)
    assert len(task.gallery().pixels) == 12
    assert [part.classes for part in watch.observed()] == [UNSEEN]


@pytest.fixture
def by_items():
    """A task in which items are divided: (as it is, as `fit` sees it, the watch)."""
    dataset = shapes()
    pairs = replace(dataset.sketches, pairs=dataset.photos.ids)
    task = build_task(replace(dataset, items=dataset.items | {"sketch": pairs}), "by-pair-25-choice-0")
    return task, *watched(task)


@pytest.mark.parametrize(
    "reach",
    [
        lambda task, held: task.test_items("photo"),
        lambda task, held: task.items("unseen", "sketch"),
        lambda task, held: task.dataset.photos.of_ids(held),
        lambda task, held: task.dataset.photos.rows_with(held),
        lambda task, held: task.items("seen", "photo").of_ids(held),
        lambda task, held: task.dataset.photos.ids,
    ],
)
def test_items_that_are_held_out_are_out_of_reach(by_items, reach):
    task, shown, watch = by_items
    with pytest.raises(LeakError, match=r"<lambda> \(test_watching\.py, line \d+\) reaches for (photo|sketch|all)"):
        reach(shown, task.division["unseen"]["photo"])
    assert len(watch.attempts) == 1


def test_all_other_items_are_shown_and_noted_with_their_ids(by_items):
    task, shown, watch = by_items
    assert not set(object.__getattribute__(shown.dataset.photos, "_plain").ids) & task.division["unseen"]["photo"]
    for ask in (lambda t: t.training_items("seen", "photo"), lambda t: t.items("validation", "sketch")):
        np.testing.assert_array_equal(ask(shown).ids, ask(task).ids)
    photos, sketches = watch.observed()
    assert set(photos.items) == {f"photo/{each}" for each in task.division["seen"]["photo"]}
    assert set(sketches.items) == {f"sketch/{each}" for each in task.division["validation"]["sketch"]}


def test_one_class_of_a_group_can_be_asked_for(by_items):
    task, shown, _ = by_items
    some = shown.items("seen", "photo").of_classes(["river"])
    assert set(some.ids.tolist()) == set(task.items("seen", "photo").of_classes(["river"]).ids.tolist())
