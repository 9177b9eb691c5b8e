import pytest
import torch
from torch import nn

from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.layers import PerModality, stacked


def test_every_layer_but_the_last_is_followed_by_something():
    net = stacked((5, 4, 3, 2), lambda width: (nn.BatchNorm1d(width), nn.ReLU()))
    assert [type(each).__name__ for each in net] == [*("Linear", "BatchNorm1d", "ReLU") * 2, "Linear"]
    assert [net[place].num_features for place in (1, 4)] == [4, 3]
    assert net(torch.ones(6, 5)).shape == (6, 2)
    assert [type(each) for each in stacked((5, 2), lambda width: (nn.ReLU(),))] == [nn.Linear]


def test_each_modality_has_its_own_module_and_others_are_refused():
    both = PerModality({"photo": nn.Linear(3, 2), "sketch": nn.Linear(4, 2)})
    assert torch.equal(both("sketch", torch.ones(1, 4)), both["sketch"](torch.ones(1, 4)))
    with pytest.raises(BadInputError, match=r"'sonar'[\s\S]*photo or sketch"):
        both("sonar", torch.ones(1, 4))
