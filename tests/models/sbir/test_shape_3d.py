from types import SimpleNamespace

import numpy as np
import pytest
import torch

from tests.losses import naive
from tests.models.shapes import shapes_task
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run
from zsr_lib.training.sampling import ClassPairs

OPTIONS = {"features": {"backbone": "pixels", "size": 32}, "code_size": 8, "training": {"steps": 40, "batch_size": 16}}


class Batch(SimpleNamespace):
    def __getitem__(self, name):
        return self.own[name]

    def other(self, name):
        return self.others[name]


def test_its_three_losses_are_those_of_all_pairs_by_hand():
    method = create("shape_3d", OPTIONS)
    method.sizes = {"features": {"photo": 4, "sketch": 4}}
    method.net = SimpleNamespace(encode=lambda name, inputs: inputs)
    dice = torch.Generator().manual_seed(0)
    codes = [{name: torch.randn(4, 4, generator=dice).double() for name in ("photo", "sketch")} for _ in range(2)]
    labels = torch.tensor([2, 2, 0, 0])
    found = method.loss(Batch(own=codes[0], others=codes[1], labels=labels))
    for name in ("photo", "sketch"):
        own, other = (each[name].tolist() for each in codes)
        left, right = [own[0], own[2], own[0], own[1]], [own[1], own[3], other[0], other[1]]
        expected = naive.exponential_pairs(left, right, [1, 1, 0, 0])
        assert found[f"within {name}"].item() == pytest.approx(expected)
    photo, sketch, other = codes[0]["photo"].tolist(), codes[0]["sketch"].tolist(), codes[1]["sketch"].tolist()
    expected = naive.exponential_pairs(photo + photo, sketch + other, [1] * 4 + [0] * 4)
    assert found["across"].item() == pytest.approx(expected)


def test_it_learns_to_bring_classes_together_across():
    losses = create("shape_3d", OPTIONS).fit(shapes_task(), Run(progress=False)).curve("across")[1]
    assert losses[-1] < 0.2 * losses[0]


def test_a_code_of_no_numbers_is_refused():
    with pytest.raises(BadInputError, match="code_size is 0"):
        create("shape_3d", {"code_size": 0})


def test_items_of_a_class_come_in_twos_however_many_classes_there_are():
    labels = {name: np.repeat(np.arange(50), 4) for name in ("photo", "sketch")}
    rows = ClassPairs(labels, 32, each=2)(0)
    assert (rows.labels[::2] == rows.labels[1::2]).all()
    assert len(np.unique(rows.labels)) == 16
    for name, own in rows.own.items():
        np.testing.assert_array_equal(labels[name][own], rows.labels)


def test_a_batch_of_one_holds_no_two_items():
    with pytest.raises(BadInputError, match="batch of one"):
        create("shape_3d", {"training": {"batch_size": 1}})
