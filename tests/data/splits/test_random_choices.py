import hashlib

import pytest

from zsr_lib.data.sets.sketchy import CLASSES
from zsr_lib.data.splits import get_split
from zsr_lib.data.splits.random_choices import KINDS, random_choice, random_choice_names
from zsr_lib.errors import BadInputError, UnknownNameError


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
