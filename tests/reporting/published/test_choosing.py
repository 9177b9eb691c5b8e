from itertools import pairwise

import pytest

from zsr_lib.errors import UnknownNameError
from zsr_lib.reporting.published import matching, numbers_on, system_named


def test_numbers_on_a_data_set_keep_protocols_and_metrics_together():
    numbers = numbers_on("sketchy")
    assert {number.dataset for number in numbers} == {"sketchy"}
    groups = [(number.protocol, number.direction, number.split, number.metric) for number in numbers]
    changes = sum(a != b for a, b in pairwise(groups))
    assert changes == len(set(groups)) - 1


def test_numbers_of_some_systems():
    numbers = numbers_on("eoc", ["ZSEoC-128"])
    assert [(number.metric, number.printed) for number in numbers] == [("mAP", "0.674"), ("P@100", "0.732")]
    assert numbers_on("tuberlin", ["CAAE"])
    assert numbers_on("eoc", []) == []


def test_names_that_do_not_exist_name_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean tuberlin"):
        numbers_on("tuberlim")
    with pytest.raises(UnknownNameError, match="did you mean ZSEoC-300"):
        numbers_on("eoc", ["ZSEoC-30"])
    with pytest.raises(UnknownNameError, match="did you mean SEM-PCYC"):
        system_named("SEM-PCY")


def splits_of(dataset, direction, *splits):
    return {number.split for number in matching(numbers_on(dataset), direction, splits)}


def test_only_lists_that_are_or_may_be_ours_match():
    assert splits_of("sketchy", "sketch→photo", "sketchy-25-sake") == {"sketchy-*", "sketchy-25-*", "sketchy-25-sake"}
    assert splits_of("sketchy", "sketch→photo", "sketchy-21-eccv2018") == {"sketchy-*", "sketchy-21-eccv2018"}
    assert splits_of("eoc", "sketch→photo", "eoc-sample-5", "eoc-sample-4-runway-seen") == {"eoc-*"}
    assert "tuberlin-30-sake" in splits_of("tuberlin", "sketch→photo", "tuberlin-30-sake/reduced")


def test_other_directions_and_protocols_do_not_match():
    numbers = matching(numbers_on("sketchy"), "photo→sketch", ["sketchy-25-last"])
    assert {(number.system, number.source) for number in numbers} == {("ZSCMR", "ZSCMR, directions (slides, 2020)")}
    numbers = matching(numbers_on("sketchy"), "sketch→photo", ["sketchy-21-eccv2018"])
    assert {number.protocol for number in numbers} == {"zero-shot"}
