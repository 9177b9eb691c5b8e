import pytest

from zsr_lib.data.auxiliary import held_out_classes
from zsr_lib.data.datasets import dataset_info
from zsr_lib.data.names import EOC_CLASSES, class_key, same_class
from zsr_lib.data.near_classes import LEFT_OUT, STAYS, near, near_pairs


@pytest.mark.parametrize(
    ("name", "held_out"),
    [
        ("Highway", "freeway"),
        ("port", "harbor"),
        ("marina", "Harbour"),
        ("junction", "intersection"),
        ("bridges", "overpass"),
        ("plane", "airplane"),
        ("jet", "aeroplane"),
        ("airliner", "airplane"),
        ("landing_strip", "runway"),
        ("freeway", "highway"),
    ],
)
def test_a_class_too_near_to_a_held_out_one_is_left_out_either_way(name, held_out):
    assert not same_class(name, held_out)
    assert held_out_classes([name, "teapot"], [held_out]) == (name,)


def test_buses_are_a_bus():
    assert same_class("buses", "bus")


def test_every_pair_is_decided_once_with_a_reason_and_is_no_alias():
    pairs = [frozenset(map(class_key, (each.one, each.other))) for each in near_pairs()]
    assert len(set(pairs)) == len(pairs)
    assert all(len(pair) == 2 for pair in pairs)
    assert all(each.reason for each in near_pairs())


def test_from_sketchy_nothing_but_the_airplane_is_left_out_and_what_stays_is_told():
    """As the reported runs have it, which learn from Sketchy."""
    sketchy = dataset_info("sketchy").classes
    assert held_out_classes(sketchy, EOC_CLASSES) == ("airplane",)
    assert near(sketchy, EOC_CLASSES, STAYS) == ("castle", "church", "helicopter", "racket", "skyscraper", "tank")
    assert near(sketchy, EOC_CLASSES, LEFT_OUT) == ()
