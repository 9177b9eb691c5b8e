import pytest
import torch

from zsr_lib.errors import UnknownNameError
from zsr_lib.features.architectures import backbone_names, build_network, without_classifier

# Widths as the papers have them: the layer before the classifier.
WIDTHS = {
    "alexnet": 4096,
    "vgg11": 4096,
    "resnet18": 512,
    "mobilenet_v2": 1280,
    "mobilenet_v3_small": 1024,
    "efficientnet_b0": 1280,
    "densenet121": 1024,
    "squeezenet1_1": 512,
    "shufflenet_v2_x1_0": 1024,
    "convnext_tiny": 768,
    "swin_t": 768,
    "vit_b_32": 768,
    "googlenet": 1024,
}


@pytest.mark.parametrize("name", WIDTHS)
def test_without_its_classifier_a_network_returns_the_layer_before(name):
    with torch.device("meta"):
        network = build_network(name).eval()
        layer = without_classifier(network)
        assert network(torch.zeros(2, 3, 224, 224)).shape == (2, WIDTHS[name])
    assert isinstance(network.get_submodule(layer), torch.nn.Identity)


def test_there_are_all_of_torchvisions_classifiers_and_no_detectors():
    names = backbone_names()
    assert {"pixels", "hog", "small_cnn", *WIDTHS} <= set(names)
    assert not [name for name in names if "rcnn" in name or "deeplab" in name]


@pytest.mark.parametrize("name", ["mobilenetv2", "resnet_18", "fasterrcnn_resnet50_fpn", "hog"])
def test_an_unknown_name_is_refused(name):
    with pytest.raises(UnknownNameError, match="unknown backbone"):
        build_network(name)


def test_a_misspelled_name_names_the_nearest():
    with pytest.raises(UnknownNameError) as caught:
        build_network("mobilenetv2")
    assert "mobilenet_v2" in caught.value.near


def test_random_weights_follow_their_seed_and_leave_torchs_generator_alone():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    states = [build_network("small_cnn", seed).state_dict()["0.0.weight"] for seed in (1, 1, 2)]
    assert torch.equal(states[0], states[1])
    assert not torch.equal(states[0], states[2])
    assert torch.equal(torch.get_rng_state(), before)
