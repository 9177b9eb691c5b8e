import pytest
import torch

from tests.features.test_folding import with_random_statistics
from zsr_lib.features.backbones import make_backbone, trunk_and_head
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.tail import Tail, interpolate, with_tail

CUTS = [("small_cnn", 1), ("small_cnn", 3), ("edge_cnn", 2), ("resnet18", 6), ("mobilenet_v2", 14)]


def backbone_of(name):
    backbone = make_backbone(FeaturesConfig(name, size=64))
    with_random_statistics(backbone.module).float()
    return backbone


def moved(tail, by=0.01):
    with torch.no_grad():
        for weight in tail.parameters():
            weight.add_(by)
    return tail


@pytest.fixture(scope="module")
def images():
    return torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(("name", "block"), CUTS)
def test_trunk_and_tail_give_the_features_of_the_whole(name, block, images):
    backbone = backbone_of(name)
    trunk, _ = trunk_and_head(backbone, block)
    with torch.inference_mode():
        whole = backbone.module(images)
        torch.testing.assert_close(Tail(backbone, block)(trunk(images)), whole, rtol=1e-3, atol=1e-4)
        again = with_tail(backbone, block, Tail(backbone, block))
        torch.testing.assert_close(again.module(images), whole, rtol=1e-3, atol=1e-4)


def test_without_a_block_the_tail_is_everything(images):
    backbone = backbone_of("resnet18")
    tail = Tail(backbone, None)
    with torch.inference_mode():
        torch.testing.assert_close(tail(images), backbone.module(images), rtol=1e-3, atol=1e-4)
        assert torch.equal(with_tail(backbone, None, tail).module(images), tail(images))


@pytest.mark.parametrize("block", [2, None])
def test_a_trained_tail_takes_the_place_of_the_upper_half_and_the_backbone_stays(block, images):
    backbone = backbone_of("small_cnn")
    with torch.inference_mode():
        before = backbone.module(images)
    tail = moved(Tail(backbone, block).train())
    trunk = torch.nn.Identity() if block is None else trunk_and_head(backbone, block)[0]
    made = with_tail(backbone, block, tail)
    with torch.inference_mode():
        torch.testing.assert_close(made.module(images), tail(trunk(images)))
        assert torch.equal(backbone.module(images), before)
        assert not torch.allclose(made.module(images), before)
    assert not any(layer.training for layer in made.module.modules())
    assert (made.name, made.dimension, made.preprocess) == (backbone.name, backbone.dimension, backbone.preprocess)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_interpolation_is_a_point_between(share):
    backbone = backbone_of("small_cnn")
    pretrained, trained = Tail(backbone, 2), moved(Tail(backbone, 2), by=0.5)
    ends = [{key: value.numpy().copy() for key, value in each.state_dict().items()} for each in (pretrained, trained)]
    interpolate(trained, pretrained, share)
    for key, value in trained.state_dict().items():
        expected = (1 - share) * ends[0][key] + share * ends[1][key]
        torch.testing.assert_close(value, torch.from_numpy(expected), rtol=1e-6, atol=1e-6)
        assert torch.equal(pretrained.state_dict()[key], torch.from_numpy(ends[0][key]))
