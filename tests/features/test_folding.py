import pytest
import torch
from torch import nn

from zsr_lib.features.architectures import build_network
from zsr_lib.features.folding import folded


def with_random_statistics(module):
    """Freshly made norms are all but the identity; these are not."""
    generator = torch.Generator().manual_seed(0)
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            for values, low, high in ((layer.running_mean, -1, 1), (layer.running_var, 0.3, 2.0)):
                values.uniform_(low, high, generator=generator)
            with torch.no_grad():
                layer.weight.uniform_(0.5, 1.5, generator=generator)
                layer.bias.uniform_(-0.5, 0.5, generator=generator)
    return module.double().eval()


def norms(module):
    return [layer for layer in module.modules() if isinstance(layer, nn.BatchNorm2d)]


@pytest.fixture(scope="module")
def images():
    return torch.rand(2, 3, 32, 32, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", ["mobilenet_v2", "resnet18", "efficientnet_b0", "mobilenet_v3_small"])
def test_a_folded_network_is_the_same_function_without_norms(name, images):
    network = with_random_statistics(build_network(name))
    made = folded(network)
    with torch.inference_mode():
        torch.testing.assert_close(made(images), network(images), rtol=1e-8, atol=1e-10)
    assert norms(network)
    assert not norms(made)


def test_the_original_stays_as_it_was_and_shares_nothing(images):
    network = with_random_statistics(build_network("resnet18"))
    before = {key: value.clone() for key, value in network.state_dict().items()}
    made = folded(network)
    with torch.no_grad():
        for weight in made.parameters():
            weight.zero_()
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())


def test_training_mode_does_not_move_a_folded_network(images):
    made = folded(with_random_statistics(build_network("resnet18")))
    with torch.no_grad():
        expected = made(images)
        assert torch.equal(made.train()(images), expected)


def test_a_norm_that_follows_no_convolution_stays():
    pair = with_random_statistics(nn.Sequential(nn.BatchNorm2d(3), nn.Conv2d(3, 4, 1), nn.ReLU(), nn.BatchNorm2d(4)))
    made = folded(pair)
    images = torch.rand(2, 3, 5, 5, dtype=torch.float64)
    with torch.no_grad():
        torch.testing.assert_close(made(images), pair(images))
    assert len(norms(made)) == 2


def test_a_network_in_training_mode_is_folded_in_evaluation_mode(images):
    network = with_random_statistics(build_network("resnet18"))
    expected = network(images)
    made = folded(network.train())
    assert network.training
    assert not any(layer.training for layer in made.modules())
    torch.testing.assert_close(made(images), expected, rtol=1e-8, atol=1e-10)
