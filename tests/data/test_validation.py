import pytest

from zsr_lib.data.names import EOC_CLASSES
from zsr_lib.data.splits import Split, get_split
from zsr_lib.data.validation import choose_validation
from zsr_lib.errors import BadInputError, UnknownNameError

SPLIT = get_split("eoc-10-4")


def test_the_seed_decides():
    chosen = {choose_validation(SPLIT, seed) for seed in range(20)}
    assert len(chosen) > 5
    assert all(len(held) == 2 and set(held) <= set(SPLIT.seen) for held in chosen)


def test_the_choice_is_the_one_that_sha256sum_makes():
    # for c in ...; do echo "$(printf 0/$c | sha256sum) $c"; done | sort | head -2
    assert choose_validation(SPLIT, 0) == ("airplane", "harbor")


def test_the_order_of_classes_does_not_matter():
    turned = Split("turned", "eoc", SPLIT.seen[::-1], SPLIT.unseen)
    assert choose_validation(turned, 3) == choose_validation(SPLIT, 3)[::-1]


@pytest.mark.parametrize(("seen", "expected"), [(0, 0), (1, 0), (2, 0), (3, 1), (7, 1), (8, 2), (10, 2)])
def test_default_number_of_validation_classes(seen, expected):
    assert len(choose_validation(Split("s", "eoc", EOC_CLASSES[:seen], EOC_CLASSES[10:]), 0)) == expected


def test_classes_by_name_in_any_spelling():
    assert choose_validation(SPLIT, 0, ["harbour", "Golf Course"]) == ("golfcourse", "harbor")


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
        choose_validation(SPLIT, 0, wanted)
