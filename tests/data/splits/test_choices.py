from itertools import combinations

from zsr_lib.data.names import EOC_CLASSES
from zsr_lib.data.splits import eoc_choice, get_split


def test_all_choices_are_different_and_in_order():
    unseen = [eoc_choice(index).unseen for index in range(1001)]
    assert unseen == sorted(set(unseen)) == list(combinations(EOC_CLASSES, 4))


def test_seen_and_unseen_make_up_the_fourteen_classes():
    for index in (0, 1, 499, 1000):
        assert sorted(eoc_choice(index).classes) == list(EOC_CLASSES)


def test_the_last_choice_is_the_alphabetical_split():
    last, alphabetical = get_split("eoc-cv-1000"), get_split("eoc-10-4")
    assert last.unseen == alphabetical.unseen == ("river", "runway", "storagetanks", "tenniscourt")
    assert last.checksum == alphabetical.checksum


def test_every_class_is_unseen_equally_often():
    counts = {name: sum(name in eoc_choice(index).unseen for index in range(1001)) for name in EOC_CLASSES}
    assert set(counts.values()) == {1001 * 4 // 14}


def test_leading_zeros_are_optional():
    assert get_split("eoc-cv-7") == get_split("eoc-cv-0007") == eoc_choice(7)
