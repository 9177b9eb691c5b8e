import hashlib

import numpy as np
import pytest

from zsr_lib.data.names import EOC_CLASSES
from zsr_lib.data.sets.sketchy import CLASSES
from zsr_lib.data.splits import get_split, overlap_table, shared_unseen, split_names
from zsr_lib.data.splits.registry import KINDS, random_choice, random_choice_names
from zsr_lib.errors import BadInputError, UnknownNameError

# Changing any of these changes published numbers: give the new list a new name instead.
FROZEN = {
    "eoc-10-4": (10, 4),
    "eoc-sample-5": (9, 5),
    "generated-10-4": (10, 4),
    "generated-14-6": (14, 6),
    "sketchy-25-sake": (100, 25),
    "sketchy-25-sempcyc": (100, 25),
    "sketchy-25-last": (100, 25),
    "sketchy-21-eccv2018": (104, 21),
    "sketchy-10-context-prediction": (115, 10),
    "tuberlin-30-sake": (220, 30),
    "tuberlin-30-sempcyc": (220, 30),
    "eoc-sample-4-airplane-seen": (10, 4),
    "eoc-sample-4-buildings-seen": (10, 4),
    "eoc-sample-4-freeway-seen": (10, 4),
    "eoc-sample-4-runway-seen": (10, 4),
    "eoc-sample-4-tenniscourt-seen": (10, 4),
    "ucm-5-sketched": (16, 5),
}
ALL_CHECKSUMS = "308fac369c9b0c09683d5937196183b2f689b86518a0b0c4ec7b1b1c0fff48e9"
CHOICES_CHECKSUMS = "64c66f3d40a935ad5ef411e96654cd5c1c979153b8527f6b78820ce3e7ee3000"
SKETCHY_25 = ["sketchy-25-sake", "sketchy-25-sempcyc", "sketchy-25-last"]


def test_every_list_has_its_published_size():
    sizes = {name: (len(get_split(name).seen), len(get_split(name).unseen)) for name in FROZEN}
    assert sizes == FROZEN
    assert set(split_names()) == {*FROZEN, "quickdraw-30"}


def test_no_list_ever_changes():
    names = split_names(every_choice=True)
    assert digest(name for name in names if "-choice-" not in name) == ALL_CHECKSUMS
    assert digest(name for name in names if "-choice-" in name) == CHOICES_CHECKSUMS


def digest(names):
    return hashlib.sha256("".join(f"{name} {get_split(name).checksum}\n" for name in names).encode()).hexdigest()


def test_an_unknown_seen_list_is_not_invented():
    split = get_split("quickdraw-30")
    assert split.seen is None
    assert len(split.unseen) == 30


def test_lists_of_one_data_set_name_the_same_classes():
    for dataset in ("eoc", "sketchy", "tuberlin"):
        assert len({frozenset(get_split(name).classes) for name in split_names(dataset)}) == 1


def test_sketchy_last_is_the_end_of_the_alphabet():
    split = get_split("sketchy-25-last")
    assert max(split.seen) == "snake" < min(split.unseen) == "songbird"


@pytest.mark.parametrize("held", ["airplane", "buildings", "freeway", "runway", "tenniscourt"])
def test_sample_splits_leave_one_sketched_class_seen(held):
    split = get_split(f"eoc-sample-4-{held}-seen")
    assert set(split.unseen) == set(get_split("eoc-sample-5").unseen) - {held}
    assert set(split.classes) == set(EOC_CLASSES)


def test_names_can_be_listed_by_data_set():
    assert split_names("tuberlin") == ("tuberlin-30-sake", "tuberlin-30-sempcyc")
    assert len(split_names("eoc", every_choice=True)) == len(split_names("eoc")) + 1001
    assert len(split_names("sketchy", every_choice=True)) == len(split_names("sketchy")) + 100


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("sketchy-25-sakes", "did you mean sketchy-25-sake"),
        ("eoc-10-5", "eoc-10-4"),
        ("", "use one of"),
    ],
)
def test_unknown_split_names_the_nearest(name, hint):
    with pytest.raises(UnknownNameError, match=hint):
        get_split(name)


@pytest.mark.parametrize("name", ["eoc-cv-1001", "eoc-cv-", "eoc-cv--1", "eoc-cv-x", "eoc-cv-٣"])
def test_an_index_outside_the_choices_is_explained(name):
    with pytest.raises(BadInputError, match="from 0 to 1000"):
        get_split(name)


def test_sake_and_sempcyc_share_exactly_four():
    expected = ("bell", "squirrel", "tank", "wheelchair")
    assert shared_unseen("sketchy-25-sake", "sketchy-25-sempcyc") == expected
    assert shared_unseen("sketchy-25-sempcyc", "sketchy-25-sake") == expected


def test_the_three_lists_of_25_share_few_classes():
    table = overlap_table(SKETCHY_25)
    np.testing.assert_array_equal(table, [[25, 4, 10], [4, 25, 8], [10, 8, 25]])


def test_across_data_sets_spelling_does_not_matter():
    assert len(shared_unseen("quickdraw-30", "sketchy-21-eccv2018")) == 14
    assert shared_unseen("tuberlin-30-sake", "sketchy-25-sake") == ("horse", "windmill")


@pytest.mark.parametrize("prefix", KINDS)
def test_a_choice_divides_the_classes_of_the_frozen_split_into_as_many(prefix):
    frozen = get_split(KINDS[prefix])
    for number in (0, 1, 99):
        split = get_split(f"{prefix}{number}")
        assert (split.name, split.dataset) == (f"{prefix}{number}", frozen.dataset)
        assert sorted(split.classes) == sorted(frozen.classes)
        assert len(split.unseen) == len(frozen.unseen) == int(prefix.split("-")[1])


def test_unseen_are_the_classes_whose_hash_with_the_name_comes_first():
    def place(name):
        return hashlib.sha256(b"sketchy-25-choice-3/" + name.encode()).hexdigest()

    unseen = set(get_split("sketchy-25-choice-3").unseen)
    assert max(map(place, unseen)) < min(place(name) for name in CLASSES if name not in unseen)


def test_no_two_choices_are_alike():
    names = random_choice_names()
    assert len(names) == 100 * len(KINDS)
    choices = {(name.rpartition("-")[0], random_choice(name).unseen) for name in names}
    assert len(choices) == len(names)


def test_every_class_is_unseen_about_equally_often():
    counts = dict.fromkeys(CLASSES, 0)
    for number in range(100):
        for name in random_choice(f"sketchy-25-choice-{number}").unseen:
            counts[name] += 1
    # 20 on average; binomial with standard deviation 4.
    assert sum(counts.values()) == 2500
    assert 20 - 4 * 4 < min(counts.values()) < max(counts.values()) < 20 + 4 * 4


@pytest.mark.parametrize("end", ["100", "-1", "", "x", "07", "\u0663"])
def test_a_number_that_no_choice_has_is_explained(end):
    with pytest.raises(BadInputError, match="from 0 to 99"):
        get_split(f"sketchy-25-choice-{end}")


def test_another_number_of_classes_names_what_there_is():
    with pytest.raises(UnknownNameError, match="sketchy-25-choice-0"):
        get_split("sketchy-20-choice-0")
