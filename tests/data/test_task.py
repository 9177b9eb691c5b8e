import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsr_lib.data.auxiliary import Auxiliary
from zsr_lib.data.items import ItemSet
from zsr_lib.data.names import EOC_CLASSES
from zsr_lib.data.registry import Dataset
from zsr_lib.data.splits import eoc_choice
from zsr_lib.data.task import GROUPS, Task, build_task
from zsr_lib.errors import BadInputError, UnknownNameError


def make_items(modality, origin, counts, classes=EOC_CLASSES):
    """Items of each class in order; the one pixel value of an item is its label."""
    labels = np.repeat(np.arange(len(classes)), counts)
    ids = np.array([f"{classes[label]}/{row}@{origin}" for row, label in enumerate(labels)])
    pixels = np.broadcast_to(labels[:, None, None, None], (len(labels), 2, 2, 3)).astype(np.uint8)
    return ItemSet(ids, labels, classes, modality, origin, pixels)


@pytest.fixture
def dataset():
    """Like the public sample: photos of all 14 classes, sketches of the first and of the last two."""
    counts = [2 if index in (0, 12, 13) else 0 for index in range(14)]
    photos, sketches = make_items("photo", "camera", 3), make_items("sketch", "hand", counts)
    return Dataset("eoc", EOC_CLASSES, {"photo": photos, "sketch": sketches}, "abc")


def test_groups_divide_the_classes(dataset):
    task = build_task(dataset, "eoc-10-4")
    assert task.unseen == ("river", "runway", "storagetanks", "tenniscourt")
    assert (len(task.seen), len(task.validation)) == (8, 2)
    assert sorted((*task.seen, *task.validation, *task.unseen)) == list(EOC_CLASSES)


@given(st.integers(0, 1000), st.integers(0, 2**32), st.integers(0, 9))
def test_no_seed_and_no_choice_makes_groups_overlap(index, seed, count):
    photos = make_items("photo", "camera", 1)
    holder = Dataset("eoc", EOC_CLASSES, {"photo": photos}, "")
    task = build_task(holder, eoc_choice(index), seed, count)
    labels = [set(task.photos(group).labels.tolist()) for group in GROUPS]
    assert [len(group) for group in labels] == [10 - count, count, 4]
    assert len(set.union(*labels)) == 14


def test_an_overlapping_task_cannot_be_built(dataset):
    with pytest.raises(BadInputError, match="overlap"):
        Task(dataset, eoc_choice(0), 0, ("river",), (), ("river",))


def test_items_come_from_their_group_only(dataset):
    task = build_task(dataset, "eoc-10-4", validation_classes=["freeway"])
    for group in GROUPS:
        assert set(task.photos(group).class_names) == set(task.classes(group))
        assert len(task.photos(group)) == 3 * len(task.classes(group))
    assert set(task.sketches("seen").class_names) == {"airplane"}
    assert set(task.queries().class_names) == {"storagetanks", "tenniscourt"}
    np.testing.assert_array_equal(task.gallery().pixels[:, 0, 0, 0], np.repeat([10, 11, 12, 13], 3))


def test_classes_without_items_are_visible(dataset):
    missing = build_task(dataset, "eoc-10-4", validation_classes=["freeway"]).missing
    assert missing["unseen sketches"] == ("river", "runway")
    assert missing["validation sketches"] == ("freeway",)
    assert len(missing["seen sketches"]) == 8
    assert not any("photos" in what for what in missing)


def test_machine_made_sketches_train_but_never_query(dataset):
    drawn = make_items("sketch", "machine", 1)
    task = build_task(dataset, "eoc-10-4", machine_sketches=drawn)
    assert set(task.machine_sketches("seen").class_names) == set(task.seen)
    assert set(task.machine.class_names) == {*task.seen, *task.validation}
    with pytest.raises(BadInputError, match="no machine-made sketches of unseen"):
        task.machine_sketches("unseen")
    dataset = replace(dataset, items=dataset.items | {"sketch": drawn})
    with pytest.raises(BadInputError, match="cannot be queries"):
        build_task(dataset, "eoc-10-4").queries()


def test_sketches_that_are_not_this_data_sets_drawn_photos_are_refused(dataset):
    with pytest.raises(BadInputError, match="not drawn from this data set"):
        build_task(dataset, "eoc-10-4", machine_sketches=make_items("sketch", "hand", 1))


def test_what_is_not_there_is_explained(dataset):
    task = build_task(replace(dataset, items={"photo": dataset.photos}), "eoc-10-4")
    with pytest.raises(BadInputError, match="'eoc' has no sketch items"):
        task.queries()
    with pytest.raises(BadInputError, match="no machine-made sketches of seen"):
        task.machine_sketches("seen")
    with pytest.raises(UnknownNameError, match="did you mean unseen"):
        task.photos("unsen")


def test_a_split_of_another_data_set_does_not_fit(dataset):
    with pytest.raises(BadInputError, match="'sketchy-25-sake' does not fit data set 'eoc'"):
        build_task(dataset, "sketchy-25-sake")


def test_description_is_complete_and_fits_into_json(dataset):
    text = json.loads(json.dumps(build_task(dataset, "eoc-10-4", seed=0).describe()))
    assert text["protocol"] == "zero-shot eoc-10-4 on eoc, 2 validation classes by seed 0"
    assert text["photos"] == {"seen": 24, "validation": 6, "unseen": 12}
    assert text["sketches"] == {"seen": 0, "validation": 2, "unseen": 4}
    assert text["machine_sketches"] == {"seen": 0, "validation": 0}
    assert text["split_checksum"] == eoc_choice(1000).checksum
    assert text["dataset_checksum"] == "abc"


def test_classes_outside_the_split_are_left_out(dataset):
    classes = (*EOC_CLASSES, "zoo")
    dataset = Dataset("eoc", classes, {"photo": make_items("photo", "camera", 3, classes)}, "abc")
    task = build_task(dataset, "eoc-10-4")
    assert sum(len(task.photos(group)) for group in GROUPS) == 42


def test_training_sketches_cover_every_seen_class(dataset):
    drawn = make_items("sketch", "machine", 1)
    task = build_task(dataset, "eoc-10-4", validation_classes=["freeway"], machine_sketches=drawn)
    for group in ("seen", "validation"):
        assert set(task.training_sketches(group).class_names) == set(task.classes(group))
    by_origin = [name.split("@")[1] for name in task.training_sketches().ids.tolist()]
    assert by_origin == ["hand"] * 2 + ["machine"] * (len(task.seen) - 1)
    with pytest.raises(BadInputError, match="nothing is trained on unseen"):
        task.training_sketches("unseen")
    with pytest.raises(BadInputError, match="no sketch to train on of: baseballdiamond, buildings"):
        build_task(dataset, "eoc-10-4", validation_classes=["freeway"]).training_sketches()


def test_auxiliary_data_sets_lose_every_class_that_is_held_out(dataset):
    names = ("Car (sedan)", "Rivers", "aeroplane", "expressway")
    items = {"photo": make_items("photo", "camera", 2, names), "sketch": make_items("sketch", "hand", 1, names)}
    other = Dataset("other", names, items, "def")
    task = build_task(dataset, "eoc-10-4", validation_classes=["freeway"], auxiliary=[other])
    assert task.auxiliary[0].classes == ("Car (sedan)", "aeroplane")
    assert set(task.auxiliary[0].sketches.class_names) == {"Car (sedan)", "aeroplane"}
    assert json.loads(json.dumps(task.describe()["auxiliary"])) == [
        {
            "dataset": "other",
            "checksum": "def",
            "left_out": ["Rivers", "expressway"],
            "classes": ["Car (sedan)", "aeroplane"],
            "near": [],
            "items": {"photo": 4, "sketch": 2},
        }
    ]


def test_a_task_refuses_auxiliary_data_with_unseen_classes(dataset):
    names = ("car", "storage tank")
    leaky = Auxiliary("other", names, {"photo": make_items("photo", "camera", 1, names)}, "def")
    task = build_task(dataset, "eoc-10-4")
    with pytest.raises(BadInputError, match="'other' holds storage tank, which this task holds out"):
        replace(task, auxiliary=(leaky,))
