import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsr_lib.data.names import ALIASES, EOC_CLASSES, class_key, fold, match_class, same_class
from zsr_lib.errors import BadInputError, UnknownNameError

SPELLINGS = {
    "Aeroplane": "airplane",
    "Baseball Diamond": "baseballdiamond",
    "building": "buildings",
    "Golf Course": "golfcourse",
    "harbour": "harbor",
    "Mobile home park": "mobilehomepark",
    "parking_lot": "parkinglot",
    "Storage tank": "storagetanks",
    "storage-tanks": "storagetanks",
    "Tenniscourt": "tenniscourt",
    "tennis courts": "tenniscourt",
    "RIVERS": "river",
    "motorway": "freeway",
}


@pytest.mark.parametrize(("typed", "canonical"), SPELLINGS.items())
def test_known_spellings_of_earth_on_canvas(typed, canonical):
    assert match_class(typed, EOC_CLASSES) == canonical


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("jack-o-lantern", "jack_o_lantern"),
        ("hot-air_balloon", "hot air balloon"),
        ("car (sedan)", "car_(sedan)"),
        ("hot-dog", "hotdog"),
        ("tablelamp", "table_lamp"),
        ("crocodile", "crocodilian"),
        ("bench", "benches"),
        ("strawberry", "Strawberries"),
        ("motorbike", "motorcycle"),
        ("Café", "cafe"),
    ],
)
def test_same_class_is_symmetric(a, b):
    assert same_class(a, b)
    assert same_class(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("tank", "storagetanks"),
        ("airliner", "airplane"),
        ("plane", "airplane"),
        ("bus", "bush"),
        ("computer mouse", "mouse"),
        ("sea turtle", "turtle"),
        ("飞机", "河"),
        ("!", "?"),
        ("", "-"),
    ],
)
def test_different_things_stay_different(a, b):
    assert not same_class(a, b)
    with pytest.raises(UnknownNameError):
        match_class(a, [b, "runway"])


def test_unknown_names_show_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean tenniscourt"):
        match_class("Tenis Court", EOC_CLASSES)


def test_a_literal_match_wins_and_ambiguity_is_refused():
    assert match_class("rivers", ["river", "rivers"]) == "rivers"
    with pytest.raises(BadInputError, match=r"any of: rivers, river's\."):
        match_class("River's!", ["river", "rivers", "river's"])


def test_alias_rows_are_disjoint_and_say_nothing_that_folding_already_says():
    folded = [fold(name) for row in ALIASES for name in row]
    assert len(folded) == len(set(folded))


def test_no_two_earth_on_canvas_classes_are_confused():
    assert len({class_key(name) for name in EOC_CLASSES}) == 14


@given(st.sampled_from(EOC_CLASSES), st.sampled_from([str.upper, str.title, lambda s: "_".join(s)]))
def test_case_and_separators_never_matter(name, respell):
    assert match_class(respell(name), EOC_CLASSES) == name
