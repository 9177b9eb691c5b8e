import numpy as np
import pytest

from tests.models.shapes import UNSEEN, drawings, shapes, shapes_task
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
