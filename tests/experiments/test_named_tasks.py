import numpy as np
import pytest

from zsr_lib.data.splits import get_split
from zsr_lib.errors import UnknownNameError
from zsr_lib.evaluation.names import parse
from zsr_lib.experiments.materials import Materials
from zsr_lib.experiments.named_tasks import METRICS, checksum_of_items, named_task, named_tasks, order_of
from zsr_lib.experiments.submitting import task_of


def test_each_task_is_of_a_known_split_with_full_metrics():
    for name, task in named_tasks().items():
        assert get_split(name).dataset == task.data.dataset
        assert set(task.items) == {"photo", "sketch"}
    assert [str(parse(name)) for name in METRICS] == list(METRICS)
    assert sum(name.startswith("AP@200") for name in METRICS) == 5


def test_bits_have_no_interpolated_precision():
    task = named_task("generated-10-4")
    assert set(task.metrics_of("cosine")) - set(task.metrics_of("hamming")) == {"AP@200/voc/min_r_k"}


def test_an_unknown_task_names_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean sketchy-25-sake"):
        named_task("sketchy-25-sakee")


@pytest.mark.parametrize("modality", ["photo", "sketch"])
def test_generated_items_are_those_of_the_checksum(modality):
    task, unseen = named_task("generated-10-4"), get_split("generated-10-4").unseen
    count = task.data.options["per_class"]
    ids = [f"{name}/{modality}/{number:04d}" for name in unseen for number in range(count)]
    assert checksum_of_items(ids, np.repeat(unseen, count)) == task.items[modality]


def test_a_checksum_depends_on_who_is_who_and_not_on_the_order():
    one = checksum_of_items(["a", "b"], ["river", "tree"])
    assert checksum_of_items(["b", "a"], ["tree", "river"]) == one
    assert checksum_of_items(["a", "b"], ["tree", "river"]) != one
    assert order_of(np.array(["b", "a", "10"])).tolist() == [2, 1, 0]


@pytest.mark.real_data
@pytest.mark.parametrize("name", [name for name in named_tasks() if not name.startswith("generated")])
def test_real_items_are_those_of_the_checksum(name):
    task, built = task_of(name, Materials(progress=False))
    for modality, checksum in task.items.items():
        items = built.test_items(modality)
        assert checksum_of_items(items.ids, items.class_names) == checksum
