from pathlib import Path

import pytest

from zsr_lib.errors import DataNotFoundError, UnknownNameError
from zsr_lib.experiments.options import chosen

RUNS = Path("runs")


@pytest.fixture
def records(record):
    sketchy = {"dataset": "sketchy", "dataset_checksum": "s", "split": "a"}
    return [record(0.1, experiment="b"), record(0.2, experiment="a", task=sketchy), record(0.3, experiment="b", seed=1)]


def values(records):
    return [record.results["sketch→photo"]["metrics"]["AP@all/std"] for record in records]


def test_without_names_everything_by_experiment(records):
    found, datasets = chosen(records, [], RUNS)
    assert values(found) == [0.1, 0.3, 0.2]
    assert datasets == []


def test_experiments_and_data_sets_may_be_mixed_and_count_once(records):
    found, datasets = chosen(records, ["a", "eoc", "b", "sketchy"], RUNS)
    assert values(found) == [0.2, 0.1, 0.3]
    assert datasets == ["eoc", "sketchy"]


def test_an_experiment_goes_before_a_data_set_of_its_name(record, records):
    found, datasets = chosen([*records, record(0.9, experiment="eoc")], ["eoc"], RUNS)
    assert values(found) == [0.9]
    assert datasets == []


def test_unknown_names_and_data_sets_without_runs(records):
    with pytest.raises(UnknownNameError, match="did you mean sketchy"):
        chosen(records, ["sketchi"], RUNS)
    with pytest.raises(DataNotFoundError, match="zsr published tuberlin"):
        chosen(records, ["tuberlin"], RUNS)
