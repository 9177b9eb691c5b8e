import pytest
import torch
from torch import nn

from zsr_lib.errors import BadInputError
from zsr_lib.features.architectures import build_network
from zsr_lib.models.pretext.late_fusion import LateFusion, make_trunk, take_weights
from zsr_lib.models.pretext.patches import PAIRS


def small(batch_norm=True):
    return make_trunk("small", 16, 3, 12, batch_norm)


def test_every_ordered_pair_is_asked():
    net = LateFusion(small(), 16, 3, 10).eval()
    first, second = torch.randn(8, 12), torch.randn(8, 12)  # two grids
    answers = net.answers(first, second)
    assert answers.shape == (2, 12, 8)
    for grid in range(2):
        for place, (a, b) in enumerate(PAIRS):
            alone = net.head(torch.cat([first[4 * grid + a], second[4 * grid + b]]))
            torch.testing.assert_close(answers[grid, place], alone)


def test_alexnet_ends_with_fc6_as_torchvision_has_it():
    torch.manual_seed(0)
    trunk = make_trunk("alexnet", 64, 3, 8, False)
    layers = [layer for layer in trunk if isinstance(layer, nn.Conv2d | nn.Linear)]
    assert [layer.weight.shape[0] for layer in layers] == [64, 192, 384, 256, 256, 4096]
    assert trunk(torch.zeros(2, 3, 64, 64)).shape == (2, 4096)


def test_efficientnet_lite_is_a_trunk_as_well():
    trunk = make_trunk("efficientnet_lite0", 32, 3, 8, True)
    classes = take_weights(trunk, "efficientnet_lite0", "imagenet", 32, True, None)
    assert len(classes) == 1000
    assert trunk(torch.zeros(2, 3, 32, 32)).shape == (2, 1280)


@pytest.mark.parametrize("name", ["small", "alexnet"])
def test_batch_normalisation_follows_every_convolution_or_none(name):
    with_it, without = (make_trunk(name, 64, 3, 8, each) for each in (True, False))
    kinds = [type(layer) for layer in with_it]
    follows = [kinds[place + 1] for place, kind in enumerate(kinds) if kind is nn.Conv2d]
    assert set(follows) == {nn.BatchNorm2d}
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in without)


@pytest.fixture
def weights(tmp_path):
    """A file of AlexNet's weights, and what is in it."""
    network = build_network("alexnet", seed=5)
    torch.save(network.state_dict(), tmp_path / "alexnet.pth")
    return tmp_path / "alexnet.pth", network


def same_layers(trunk, network):
    """For each layer from the picture up, whether its weights are the file's."""
    source = [*network.features, *network.classifier]
    own, file = ([each for each in layers if isinstance(each, nn.Conv2d | nn.Linear)] for layers in (trunk, source))
    return [torch.equal(a.weight, b.weight) for a, b in zip(own, file, strict=False)]


@pytest.mark.parametrize("kept", [None, 3])
def test_the_lowest_layers_keep_their_weights(weights, kept):
    path, network = weights
    trunk = make_trunk("alexnet", 64, 3, 8, True)
    before = trunk.state_dict()["20.weight"].clone()  # fc6
    assert take_weights(trunk, "alexnet", str(path), 64, True, kept) is None
    assert same_layers(trunk, network) == [kept is None or place < kept for place in range(6)]
    assert torch.equal(trunk.state_dict()["20.weight"], before) == (kept == 3)


def test_more_layers_than_there_are_cannot_be_kept(weights):
    trunk = make_trunk("alexnet", 64, 3, 8, True)
    with pytest.raises(BadInputError, match=r"7 layers[\s\S]*0 … 6"):
        take_weights(trunk, "alexnet", str(weights[0]), 64, True, 7)


def test_the_small_net_has_no_weights():
    with pytest.raises(BadInputError, match="another backbone"):
        take_weights(small(), "small", "imagenet", 16, True, None)


@pytest.mark.parametrize("still", [True, False])
def test_batch_statistics_stay_where_they_are_to_stay(still):
    net = LateFusion(small(), 16, 3, 10, still)
    before = net.trunk[1].running_mean.clone()
    net.train()
    net.encode("photo", torch.randn(6, 3, 16, 16) + 5)
    assert torch.equal(net.trunk[1].running_mean, before) == still


def test_no_unit_is_dropped_where_batch_statistics_stay():
    trunk = make_trunk("mobilenet_v2", 32, 3, 8, False)
    net = LateFusion(trunk, 32, 3, 10, still=True).train()
    images = torch.randn(2, 3, 32, 32)
    assert torch.equal(net.encode("photo", images), net.encode("photo", images))
    assert any(layer.training for layer in net.modules())
