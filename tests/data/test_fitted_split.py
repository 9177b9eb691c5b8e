import pytest

from zsr_lib.data.fitted_split import choose_validation, fitted_split, reduced_dataset, reduced_split
from zsr_lib.data.names import EOC_CLASSES
from zsr_lib.data.registry import Dataset
from zsr_lib.data.splits import Split, get_split
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadInputError, UnknownNameError

from .test_task import make_items

CLASSES = ("ant", "bear", "crab", "door")
SPLIT = Split("four", "demo", ("ant", "Bears"), ("crab", "door"), note="Ours.")
EOC = get_split("eoc-10-4")


def test_the_seed_decides():
    chosen = {choose_validation(EOC, seed) for seed in range(20)}
    assert len(chosen) > 5
    assert all(len(held) == 2 and set(held) <= set(EOC.seen) for held in chosen)


def test_the_choice_is_the_one_that_sha256sum_makes():
    # for c in ...; do echo "$(printf 0/$c | sha256sum) $c"; done | sort | head -2
    assert choose_validation(EOC, 0) == ("airplane", "harbor")


def test_the_order_of_classes_does_not_matter():
    turned = Split("turned", "eoc", EOC.seen[::-1], EOC.unseen)
    assert choose_validation(turned, 3) == choose_validation(EOC, 3)[::-1]


@pytest.mark.parametrize(("seen", "expected"), [(0, 0), (1, 0), (2, 0), (3, 1), (7, 1), (8, 2), (10, 2)])
def test_default_number_of_validation_classes(seen, expected):
    assert len(choose_validation(Split("s", "eoc", EOC_CLASSES[:seen], EOC_CLASSES[10:]), 0)) == expected


def test_classes_by_name_in_any_spelling():
    assert choose_validation(EOC, 0, ["harbour", "Golf Course"]) == ("golfcourse", "harbor")


@pytest.mark.parametrize(
    ("wanted", "error", "message"),
    [
        (["runway"], UnknownNameError, "unknown seen class of split eoc-10-4 'runway'"),
        (10, BadInputError, "ask for 0 to 9"),
        (11, BadInputError, "ask for 0 to 9"),
        (-1, BadInputError, "ask for 0 to 9"),
        (list(EOC_CLASSES[:10]), BadInputError, "ask for 0 to 9"),
    ],
)
def test_bad_wishes_are_explained(wanted, error, message):
    with pytest.raises(error, match=message):
        choose_validation(EOC, 0, wanted)


def make_dataset(photos, sketches):
    """A data set with so many photos and sketches of each class."""
    both = make_items("photo", "camera", photos, CLASSES), make_items("sketch", "hand", sketches, CLASSES)
    return Dataset("demo", CLASSES, {each.modality: each for each in both}, "abc")


def reduced(photos, sketches, machine=None):
    dataset = make_dataset(photos, sketches)
    return reduced_split(fitted_split(SPLIT, dataset), dataset, machine)


def test_names_become_those_of_the_data_set():
    assert fitted_split(SPLIT, make_dataset([1] * 4, [1] * 4)).seen == ("ant", "bear")
    with pytest.raises(UnknownNameError, match="split 'for'"):
        fitted_split("for", make_dataset([1] * 4, [1] * 4))
    with pytest.raises(BadInputError, match="does not fit data set 'demo'"):
        fitted_split("eoc-10-4", make_dataset([1] * 4, [1] * 4))


def test_a_split_that_is_whole_keeps_its_name():
    whole = reduced([1, 1, 1, 1], [1, 1, 1, 1])
    assert (whole.name, whole.note) == ("four", "Ours.")


@pytest.mark.parametrize(("photos", "sketches"), [([1, 1, 0, 1], [1, 1, 1, 1]), ([1, 1, 1, 1], [1, 1, 0, 1])])
def test_unseen_classes_need_photos_and_sketches(photos, sketches):
    split = reduced(photos, sketches)
    assert (split.name, split.unseen, split.seen) == ("four/reduced", ("door",), ("ant", "bear"))
    assert split.note == "Ours. Reduced to 2 of 2 seen and 1 of 2 unseen classes."
    assert split.checksum != SPLIT.checksum


def test_drawings_keep_a_seen_class_but_never_an_unseen_one():
    sketches, drawn = [1, 0, 0, 1], make_items("sketch", "machine", 1, CLASSES)
    assert reduced([1] * 4, sketches).seen == ("ant",)
    with_drawings = reduced([1] * 4, sketches, drawn)
    assert (with_drawings.seen, with_drawings.unseen) == (("ant", "bear"), ("door",))
    assert reduced([0, 1, 1, 1], [1] * 4, drawn).seen == ("bear",)


@pytest.mark.parametrize(("photos", "group"), [([1, 1, 0, 0], "unseen"), ([0, 0, 1, 1], "seen")])
def test_nothing_left_is_an_error(photos, group):
    with pytest.raises(BadInputError, match=f"no {group} class of split 'four' has photo and sketch items") as caught:
        reduced(photos, [1] * 4)
    assert "zsr data info demo" in caught.value.remedy


def test_a_split_by_items_does_without_classes_that_lack_a_modality():
    dataset = make_dataset([4, 4, 0, 4], [4, 0, 4, 4])
    task = build_task(dataset, "by-item-50-choice-0", validation_classes=0, reduced=True)
    assert task.seen == task.unseen == ("ant", "door")
    assert {name: len(task.items("unseen", name)) for name in ("photo", "sketch")} == {"photo": 4, "sketch": 4}
    assert task.dataset.notes == ("Reduced to 2 of 4 classes: ant, door.",)


def test_a_data_set_that_is_whole_stays_as_it_is_and_one_without_a_whole_class_is_refused():
    whole = make_dataset([1] * 4, [1] * 4)
    assert reduced_dataset(whole) is whole
    with pytest.raises(BadInputError, match="no class of 'demo' has photo and sketch items here"):
        reduced_dataset(make_dataset([1, 1, 0, 0], [0, 0, 1, 1]))
