import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.features.architectures import build_network, without_classifier
from zsr_lib.features.backbones import make_backbone, pretrained_classifier, trunk_and_head
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.preprocess import Preprocess

SPLITS = [
    *(("mobilenet_v2", 1), ("mobilenet_v2", 18), ("resnet18", 1), ("resnet18", 6)),
    *(("mobilenet_v3_small", 9), ("efficientnet_b0", 6), ("efficientnet_lite0", 9)),
    *(("small_cnn", 2), ("edge_cnn", 3)),
]


@pytest.mark.parametrize(("name", "block"), SPLITS)
def test_trunk_and_head_make_the_whole(name, block):
    backbone = make_backbone(FeaturesConfig(name, size=64))
    trunk, head = trunk_and_head(backbone, block)
    images = torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(head(trunk(images)), backbone.module(images))


@pytest.mark.parametrize("until", [0, 20, (), (3, 20)])
def test_features_of_blocks_that_do_not_exist_are_refused(until):
    with pytest.raises(BadInputError, match=r"features.until[\s\S]*1 … 19"):
        make_backbone(FeaturesConfig("mobilenet_v2", size=64, until=until))


def test_training_the_head_leaves_the_backbone_as_it_was():
    backbone = make_backbone(FeaturesConfig())
    before = {key: value.clone() for key, value in backbone.module.state_dict().items()}
    _, head = trunk_and_head(backbone, 2)
    with torch.no_grad():
        for weight in head.parameters():
            weight.add_(1)
    assert all(torch.equal(before[key], value) for key, value in backbone.module.state_dict().items())


@pytest.mark.parametrize("block", [0, -1, 4, 99])
def test_a_block_that_does_not_exist_is_refused(block):
    with pytest.raises(BadInputError, match=rf"block {block}.*\n.*1 … 3"):
        trunk_and_head(make_backbone(FeaturesConfig()), block)


def test_families_without_blocks_in_a_row_cannot_be_split():
    with pytest.raises(BadInputError, match="squeezenet1_1"):
        trunk_and_head(make_backbone(FeaturesConfig("squeezenet1_1", size=64)), 3)


def test_random_weights_have_seen_nothing_and_are_in_evaluation_mode():
    backbone = make_backbone(FeaturesConfig("mobilenet_v2", size=64))
    assert backbone.classes == ()
    assert backbone.dimension == 1280
    assert not any(layer.training for layer in backbone.module.modules())


def test_only_torchvisions_networks_lose_a_margin():
    assert make_backbone(FeaturesConfig()).preprocess == Preprocess(64, 64)
    assert make_backbone(FeaturesConfig("resnet18")).preprocess == Preprocess(224, 256)


@pytest.mark.parametrize(("name", "size"), [("vit_b_32", 96), ("alexnet", 32)])
def test_a_size_that_the_network_does_not_take_is_refused(name, size):
    with pytest.raises(BadInputError, match=f"{size} × {size}"):
        make_backbone(FeaturesConfig(name, size=size))


@pytest.mark.real_data
def test_the_shared_mobilenet_fits():
    backbone = make_backbone(FeaturesConfig("mobilenet_v2", "mobilenet_v2_imagenet.pth"))
    assert (backbone.dimension, len(backbone.classes)) == (1280, 1000)


def test_the_classifier_makes_a_backbone_the_whole_network_again(tmp_path):
    network = build_network("mobilenet_v2", seed=3).eval()
    torch.save({name: value.half() for name, value in network.state_dict().items()}, tmp_path / "own.pth")
    config = FeaturesConfig("mobilenet_v2", str(tmp_path / "own.pth"), size=64)
    images = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        logits = pretrained_classifier(config)(make_backbone(config).module(images))
        torch.testing.assert_close(logits, network(images), rtol=1e-2, atol=1e-2)


def test_without_a_classifier_there_is_no_knowledge(tmp_path):
    network = build_network("mobilenet_v2")
    without_classifier(network)
    torch.save(network.state_dict(), tmp_path / "headless.pth")
    headless = FeaturesConfig("mobilenet_v2", str(tmp_path / "headless.pth"))
    for config in (FeaturesConfig(), FeaturesConfig("hog"), FeaturesConfig("mobilenet_v2"), headless):
        with pytest.raises(BadInputError, match=f"'{config.backbone}' .* has no classifier.*\n.*tail.knowledge: 0"):
            pretrained_classifier(config)
