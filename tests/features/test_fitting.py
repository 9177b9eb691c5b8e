import pytest
import torch

from zsr_lib.errors import BadFileError
from zsr_lib.features.architectures import build_network, without_classifier
from zsr_lib.features.fitting import load_weights, lookalike
from zsr_lib.features.weights import Weights


def empty(name):
    network = build_network(name, seed=9)
    return network, without_classifier(network)


def load(name, state):
    network, classifier = empty(name)
    load_weights(network, name, Weights(state, "own.pth"), classifier)
    return network


@pytest.fixture(scope="module")
def resnet():
    return build_network("resnet18", seed=1).state_dict()


def test_half_precision_weights_become_float32(resnet):
    network = load(
        "resnet18", {key: value.half() if value.is_floating_point() else value for key, value in resnet.items()}
    )
    assert network.conv1.weight.dtype == torch.float32
    assert torch.equal(network.conv1.weight, resnet["conv1.weight"].half().float())


@pytest.mark.parametrize("ways", [0, 14])
def test_the_classifier_may_have_any_width_or_be_missing(resnet, ways):
    state = {key: value for key, value in resnet.items() if not key.startswith("fc.")}
    if ways:
        state |= {"fc.weight": torch.zeros(ways, 512), "fc.bias": torch.zeros(ways)}
    assert torch.equal(load("resnet18", state).layer4[1].conv2.weight, resnet["layer4.1.conv2.weight"])


def test_another_architectures_weights_are_named(resnet):
    with pytest.raises(BadFileError) as caught:
        load("mobilenet_v2", resnet)
    assert "it looks like 'resnet18'" in caught.value.problem
    assert "lacks features.0.0.weight" in caught.value.problem
    assert "backbone: resnet18" in caught.value.remedy


def test_single_differences_are_named(resnet):
    state = dict(resnet)
    state["extra.weight"] = torch.zeros(1)
    state["conv1.weight"] = torch.zeros(64, 4, 7, 7)
    del state["bn1.bias"]
    with pytest.raises(BadFileError) as caught:
        load("resnet18", state)
    for part in ("lacks bn1.bias", "has besides extra.weight", "other shapes of conv1.weight"):
        assert part in caught.value.problem


def test_nothing_is_loaded_when_something_does_not_fit(resnet):
    network, classifier = empty("resnet18")
    before = network.layer1[0].conv1.weight.clone()
    state = {key: value for key, value in resnet.items() if key != "bn1.bias"}
    with pytest.raises(BadFileError):
        load_weights(network, "resnet18", Weights(state, "own.pth"), classifier)
    assert torch.equal(network.layer1[0].conv1.weight, before)


def test_what_looks_like_nothing_is_not_guessed():
    assert lookalike({"a": torch.zeros(3)}) is None
