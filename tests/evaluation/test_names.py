import pytest

from tests.evaluation.naive import ALL_NAMES
from zsr_lib.errors import UnknownNameError
from zsr_lib.evaluation.names import AmbiguousMetricError, MetricSpec, parse
from zsr_lib.evaluation.ranking import from_relevance


@pytest.mark.parametrize("name", [*ALL_NAMES, "AP@200/voc/min_r_k", "meanP@10..100/legacy"])
def test_a_name_is_read_and_printed_back(name):
    assert str(parse(name)) == name


def test_the_parts_of_a_name():
    assert parse("AP@200/voc/min_r_k") == MetricSpec("AP", 200, "voc", "min_r_k")


@pytest.mark.parametrize("name", ["mAP", "map", "AP", "mAP@200", "AP@200", "AP@200/std", "mAP@all", "AP@all"])
def test_a_name_that_several_metrics_share_is_refused_with_all_of_them(name):
    with pytest.raises(AmbiguousMetricError) as caught:
        parse(name)
    meanings = caught.value.remedy.removeprefix("name one of ").rstrip(".").split(", ")
    assert len(meanings) >= 2
    assert [str(parse(meaning)) for meaning in meanings] == meanings
    cut = name.rpartition("@")[2] if "@" in name else ""
    assert all(f"@{cut.partition('/')[0]}" in meaning for meaning in meanings)


def test_map_alone_could_be_any_of_the_published_definitions():
    with pytest.raises(AmbiguousMetricError, match=r"AP@all/std.*AP@200/voc/min_r_k.*meanP@10\.\.50/legacy"):
        parse("mAP")


@pytest.mark.parametrize("name", ["P@100", "precision@5", "P", "P@all/k"])
def test_precision_without_a_denominator_is_refused(name):
    with pytest.raises(AmbiguousMetricError, match=r"P@\d+/k, P@\d+/min_r_k"):
        parse(name)


@pytest.mark.parametrize("name", ["", "Acc@1/k", "Acc@all", "nDCG@0", "recall@010", "meanP@10..55/legacy", "meanP@50",
                                  "AP@10..50/std", "accuracy", "R-precision@3"])  # fmt: skip
def test_no_metric_at_all(name):
    with pytest.raises(UnknownNameError, match="for example"):
        parse(name)


def test_a_specification_made_by_hand_must_be_complete():
    with pytest.raises(UnknownNameError, match="denominator"):
        MetricSpec("AP", 200, "std").per_query(from_relevance([1, 0]))
