import math

import pytest
import torch
from torch import nn

from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.initialisation import same_start, xavier


def test_weights_lie_within_glorots_bound_and_fill_it_and_biases_are_zero():
    net = nn.Sequential(nn.Linear(40, 60), nn.ReLU(), nn.ModuleDict({"deep": nn.Linear(60, 20)})["deep"])
    torch.manual_seed(0)
    xavier(net)
    for layer, (inputs, outputs) in ((net[0], (40, 60)), (net[2], (60, 20))):
        bound = math.sqrt(6 / (inputs + outputs))
        assert 0.98 * bound < layer.weight.abs().max() <= bound
        assert not layer.bias.any()


def test_encoders_start_alike_and_stay_apart():
    encoders = nn.ModuleDict({"photo": nn.Linear(3, 2), "sketch": nn.Linear(3, 2)})
    same_start(encoders)
    assert torch.equal(encoders["photo"].weight, encoders["sketch"].weight)
    with torch.no_grad():
        encoders["photo"].weight += 1
    assert not torch.equal(encoders["photo"].weight, encoders["sketch"].weight)


def test_encoders_of_features_of_different_sizes_cannot_start_alike():
    with pytest.raises(BadInputError, match=r"'photo': 3, 'sketch': 4[\s\S]*one backbone"):
        same_start(nn.ModuleDict({"photo": nn.Linear(3, 2), "sketch": nn.Linear(4, 2)}))
