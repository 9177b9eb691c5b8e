import numpy as np
import pytest

from tests.models.shapes import UNSEEN, drawings, only_photos, shapes, shapes_task
from zsr_lib.errors import UnknownNameError
from zsr_lib.features.backbones import make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.tuning.config import TailConfig
from zsr_lib.models.tuning.contrastive import Contrastive
from zsr_lib.models.tuning.domains import class_numbers
from zsr_lib.training.config import Run

SEEN = {"bar", "cross", "river", "runway"}


def sources(task=None, **options):
    config = TailConfig(own_items=5, auxiliary_items=3, **options)
    return Contrastive.sources(task or shapes_task(), config)[0]["shared"]


def kinds(found):
    return [(source.group, source.items.modality, source.items.origin) for source in found]


def classes(found, group):
    return {name for source in found if source.group == group for name in source.items.class_names}


def test_photos_drawings_and_hands_of_all_places():
    found = sources(shapes_task(machine_sketches=drawings(shapes())))
    assert kinds(found) == [
        ("own", "photo", "camera"),
        ("own", "sketch", "machine"),
        ("own", "sketch", "hand"),
        ("others", "photo", "camera"),
        ("others", "sketch", "hand"),
    ]
    assert [source.per_class for source in found] == [5, 5, 5, 3, 3]
    assert [source.changes.count for source in found] == [8, 2, 4, 2, 4]
    assert [len(source.items) for source in found] == [24] * 5
    assert not {*classes(found, "own"), *classes(found, "others")} & set(UNSEEN)


def test_photos_of_objects_are_only_mirrored():
    own, *_ = sources(own_turns="mirror")
    assert own.changes.indices == (0, 4)


def test_what_a_task_lacks_is_passed_over():
    dataset = shapes()
    task = shapes_task(
        dataset=only_photos(dataset),
        machine_sketches=drawings(dataset).of_classes(["bar", "disc"]),
        auxiliary=(only_photos(shapes(seed=1, name="others")),),
    )
    assert kinds(sources(task)) == [
        *(("own", "photo", "camera"), ("own", "sketch", "machine")),
        ("others", "photo", "camera"),
    ]
    assert kinds(sources(task, apart=("bar",))) == [("own", "photo", "camera"), ("others", "photo", "camera")]


def test_classes_apart_and_left_out_are_not_there():
    found = sources(apart=("river", "bar"), leave_out=("cross",))
    assert classes(found, "own") == SEEN - {"river", "bar"}
    assert classes(found, "others") == SEEN - {"cross"}
    assert classes(sources(apart=tuple(SEEN)), "own") == set()


def test_another_spelling_means_the_same_class():
    found = sources(apart=("Airport Runway",), leave_out=("rivers",))
    assert classes(found, "own") == SEEN - {"runway"}
    assert classes(found, "others") == SEEN - {"river"}


def test_classes_that_the_task_holds_out_anyway_may_be_named():
    found = sources(apart=UNSEEN, leave_out=UNSEEN)
    assert classes(found, "own") == classes(found, "others") == SEEN


def test_without_auxiliary_data_sets_there_is_nothing_to_leave_out():
    assert {source.group for source in sources(shapes_task(auxiliary=()), leave_out=("castle",))} == {"own"}


@pytest.mark.parametrize("option", ["apart", "leave_out"])
def test_a_class_that_does_not_exist_names_the_nearest(option):
    with pytest.raises(UnknownNameError, match=rf"tail\.{option} 'rivver'.*\n.*did you mean river"):
        sources(**{option: ("rivver",)})


def test_a_class_in_two_data_sets_has_one_number():
    other = shapes(seed=1, classes=("rivers", "tower", "bar"), name="others")
    found = sources(shapes_task(auxiliary=(other,)))
    labels = class_numbers([source.items for source in found])
    assert np.unique(np.concatenate(labels)).tolist() == list(range(5))
    numbers = {"rivers": "river"}
    by_name = {}
    for source, own in zip(found, labels, strict=True):
        names = [numbers.get(name, name) for name in source.items.class_names]
        assert all(by_name.setdefault(name, label) == label for name, label in zip(names, own.tolist(), strict=True))
    assert len(set(by_name.values())) == len(by_name) == 5
    backbone = make_backbone(FeaturesConfig(size=32))
    for source in found:
        inputs = source.inputs(backbone, 2, Run(progress=False))
        assert inputs.versions == source.changes.count
        assert len(inputs.at(np.arange(len(source.items)))) == len(source.items)
    assert np.intersect1d(labels[0], labels[2]).size == 2
