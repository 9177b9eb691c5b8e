import pytest
import torch
from torch import nn

from zsr_lib.errors import BadInputError
from zsr_lib.models.grad_cam import grad_cam


@pytest.fixture
def maps():
    """A frozen layer that hands its two channels on."""
    layer = nn.Conv2d(2, 2, 1, bias=False)
    layer.weight.data.copy_(torch.eye(2).view(2, 2, 1, 1))
    return layer.requires_grad_(False)


@pytest.fixture
def pictures():
    """(1, 2, 2, 2): one bright place in each channel."""
    return torch.tensor([[[[4.0, 0], [0, 0]], [[0, 0], [0, 2.0]]]])


def test_by_hand(maps, pictures):
    weights = torch.tensor([3.0, -1.0])  # of the channels' sums in the score: slopes are 3 and -1 everywhere
    found = grad_cam(maps, lambda: (maps(pictures).sum(dim=(2, 3)) * weights).sum(dim=1))
    assert found.tolist() == [[[12.0, 0.0], [0.0, 0.0]]]  # the second channel lowers the score and is cut off
    assert not maps._forward_hooks


def test_each_item_has_its_own_map(maps, pictures):
    both = torch.cat([pictures, 2 * pictures])
    found = grad_cam(maps, lambda: maps(both).sum(dim=(1, 2, 3)))
    assert torch.equal(found[1], 2 * found[0])


@pytest.mark.parametrize("score", [lambda layer, x: x.sum(dim=(1, 2, 3)), lambda layer, x: layer(x).sum()])
def test_what_has_no_map_of_its_own_is_refused(maps, pictures, score):
    with pytest.raises(BadInputError, match="times for scores of shape"):
        grad_cam(maps, lambda: score(maps, pictures))
    assert not maps._forward_hooks
