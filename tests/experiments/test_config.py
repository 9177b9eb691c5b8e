import pytest

from zsr_lib.configs import build, plain
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.directions import DIRECTIONS
from zsr_lib.evaluation.names import AmbiguousMetricError
from zsr_lib.experiments.config import DataConfig, DataSource, Experiment, RetrievalConfig
from zsr_lib.experiments.reading import read_plan
from zsr_lib.reporting.published.number import Listed

BASE = {"title": "t", "method": "m", "splits": ["eoc-10-4", "eoc-sample-5"]}


def made(**changes):
    return build(Experiment, BASE | changes)


def test_defaults_are_four_directions_and_one_group():
    experiment = made()
    assert experiment.directions == DIRECTIONS
    assert experiment.grouped == {"mean of 2 splits": ("eoc-10-4", "eoc-sample-5")}
    assert made(splits=["eoc-10-4"]).grouped == {"eoc-10-4": ("eoc-10-4",)}


def test_splits_follow_from_groups():
    groups = {"four": ["eoc-sample-4-runway-seen", "eoc-10-4"], "eoc-10-4": []}
    experiment = made(splits=[], groups=groups)
    assert experiment.splits == ("eoc-sample-4-runway-seen", "eoc-10-4")
    assert experiment.grouped == {"four": experiment.splits, "eoc-10-4": ("eoc-10-4",)}
    assert made(splits=["eoc-10-4", "eoc-sample-5"], groups={"eoc-10-4": []}).splits == ("eoc-10-4", "eoc-sample-5")


def test_it_can_be_written_and_read_again():
    experiment = made(
        groups={"all": ["eoc-10-4"]}, data={"auxiliary": [{"dataset": "sketchy"}]}, grid={"a.b": [1, "c"]}
    )
    assert build(Experiment, plain(experiment)) == experiment


def test_directions_may_be_typed_without_an_arrow():
    assert made(directions=["photo->sketch"]).directions == ("photo→sketch",)
    with pytest.raises(UnknownNameError, match=r"data set 'generated'[^\n]*\n.*did you mean photo"):
        made(directions=["sketch->foto"])


def test_directions_follow_the_data_set():
    with pytest.raises(UnknownNameError, match=r"data set 'ucmerced' in direction sketch→photo: 'sketch'"):
        made(data={"dataset": "ucmerced"})
    assert made(data={"dataset": "ucmerced"}, directions=["photo→photo"])


def test_rules_of_retrieval_make_the_protocol():
    rules = {"relevance": "pair", "setting": "generalised-both-20", "rerank": 100, "seed": 3, "every_query": 2}
    name = made(retrieval=rules).retrieval.protocol("sketch→photo", "cosine").name
    assert name == (
        "sketch→photo; generalised-both-20; gallery all; relevant by pair; cosine; ties expected; no-relevant error; "
        "subsample 1/2 of queries, 1/1 of gallery; seed 3; first 100 re-ranked"
    )
    assert "gallery without-query" in RetrievalConfig().protocol("photo→photo").name
    assert plain(RetrievalConfig()) == {"no_relevant": "error"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"metrics": ["mAP"]}, AmbiguousMetricError),
        ({"splits": ["eoc-10-5"]}, UnknownNameError),
        ({"splits": []}, BadInputError),
        ({"seeds": [0, 0]}, BadInputError),
        ({"seeds": [-1]}, BadInputError),
        ({"retrieval": {"no_relevant": "skipp"}}, UnknownNameError),
        ({"retrieval": {"relevance": "tags"}}, UnknownNameError),
        ({"retrieval": {"rerank": -1}}, BadInputError),
        ({"retrieval": {"gallery": "within-class"}}, BadInputError),
        ({"groups": {"g": ["eoc-sample-4-runway-seen"]}}, UnknownNameError),
        ({"directions": ["as given"]}, BadInputError),
        ({"published": ["ZSEoC-30"]}, UnknownNameError),
    ],
)
def test_what_cannot_be_run_is_refused(changes, error):
    with pytest.raises(error):
        made(**changes)


def test_published_systems_by_name_and_numbers_in_full():
    own = {"value": 0.5, "metric": "mAP", "source": "a report"}
    assert made(published=["ZSEoC-300", own]).published == ("ZSEoC-300", Listed(0.5, "mAP", "a report"))


def test_the_tested_data_set_is_a_source_like_the_others():
    assert DataConfig("eoc", 256, {"skip_bad": True}).source == DataSource("eoc", 256, {"skip_bad": True})


def test_a_group_cannot_take_the_name_of_a_split_that_it_is_not(write):
    with pytest.raises(BadInputError, match="the group eoc-sample-5 has the name of a split"):
        read_plan(write(groups={"eoc-sample-5": ["eoc-sample-4-runway-seen"]}))
