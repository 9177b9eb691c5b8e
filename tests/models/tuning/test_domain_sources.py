import numpy as np
import pytest

from tests.models.shapes import UNSEEN, drawings, only_photos, shapes, shapes_task
from zsr_lib.errors import UnknownNameError
from zsr_lib.features.backbones import make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.tuning.domain_sources import class_numbers, sources_of
from zsr_lib.models.tuning.tail_config import TailConfig
from zsr_lib.training.config import Run

SEEN = {"bar", "cross", "river", "runway"}


def sources(task=None, **options):
    return list(sources_of(task or shapes_task(), TailConfig(own_items=5, auxiliary_items=3, **options)))


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
    assert [source.views.count for source in found] == [8, 2, 4, 2, 4]
    assert [len(source.items) for source in found] == [24] * 5
    assert not {*classes(found, "own"), *classes(found, "others")} & set(UNSEEN)


def test_photos_of_objects_are_only_mirrored():
    own, *_ = sources(own_turns="mirror")
    assert own.views.indices == (0, 4)


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
    numbers = class_numbers(found)
    assert sorted(numbers.values()) == list(range(5))
    backbone = make_backbone(FeaturesConfig(size=32))
    domains = [source.domain(source.maps(backbone, 2, Run(progress=False)), numbers) for source in found]
    for source, domain in zip(found, domains, strict=True):
        names = [{"rivers": "river"}.get(name, name) for name in source.items.class_names]
        assert domain.labels.tolist() == [numbers[name] for name in names]
        assert domain.maps.shape[:2] == (len(source.items), source.views.count)
    assert {domain.name for domain in domains} == {"own photo", "own sketch", "others photo", "others sketch"}
    assert np.intersect1d(domains[0].labels, domains[2].labels).size == 2
