from types import SimpleNamespace

import pytest
import torch

from tests.losses import naive
from tests.models.shapes import shapes_task
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

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
    labels = torch.tensor([2, 0, 2, 1])
    found = method.loss(Batch(own=codes[0], others=codes[1], labels=labels))
    order = [1, 3, 0, 2]  # by class; rows 0 and 2 are of one
    for name in ("photo", "sketch"):
        own, other = (each[name].tolist() for each in codes)
        left, right = [own[row] for row in order] + own, [own[row] for row in (2, 1, 3, 0)] + other
        expected = naive.exponential_pairs(left, right, [0, 0, 0, 1] + [0] * 4)
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
