import copy

import numpy as np
import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.features.backbones import make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.network import Network, unfilled


@pytest.fixture(scope="module", params=["small_cnn", "edge_cnn", "mobilenet_v2", "swin_t"])
def backbone(request):
    return make_backbone(FeaturesConfig(request.param, size=64))


def test_a_picture_has_the_same_bits_in_any_company_and_nearly_the_same_at_any_place(backbone, pictures):
    network = Network(backbone)
    whole = network(pictures)
    others = 255 - pictures
    others[[3, 11, 20]] = pictures[[3, 11, 20]]
    assert network(others)[[3, 11, 20]].tobytes() == whole[[3, 11, 20]].tobytes()
    assert network(pictures[:3]).tobytes() == whole[:3].tobytes()
    # Some processors' kernels round the rows at the edge of a batch differently.
    for rows in ([20, 3, 11], list(range(20, -1, -1)), [7]):
        np.testing.assert_allclose(network(pictures[rows]), whole[rows], rtol=1e-5, atol=1e-6)


def test_a_picture_for_which_somebody_waits_is_not_joined_by_empty_ones(pictures):
    backbone, seen = make_backbone(FeaturesConfig(size=64)), []
    network = Network(backbone)
    network.module.register_forward_pre_hook(lambda _, given: seen.append(len(given[0])))
    whole = network(pictures)
    network(pictures[:1])
    assert set(seen) == {network.batch}
    with unfilled():
        np.testing.assert_allclose(network(pictures[:1]), whole[:1], rtol=1e-5, atol=1e-6)
    assert seen[-1] == 1


def test_it_is_the_backbone_on_prepared_pictures(backbone, pictures):
    with torch.inference_mode():
        expected = backbone.module(backbone.preprocess(pictures)).numpy()
    np.testing.assert_allclose(Network(backbone)(pictures), expected, rtol=1e-4, atol=1e-5)


def test_in_float64_the_order_of_adding_moves_single_last_digits_at_most(pictures):
    backbone = make_backbone(FeaturesConfig("mobilenet_v2", size=64, precision="float64"))
    features = Network(backbone)(pictures)
    images = backbone.preprocess(pictures, dtype=torch.float64).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        otherwise = copy.deepcopy(backbone.module).double()(images)  # all at once, other kernels
    assert features.dtype == np.float32
    np.testing.assert_allclose(features, otherwise.float().numpy(), rtol=2e-7, atol=1e-12)  # one last digit of float32
    assert (features != otherwise.float().numpy()).mean() < 1e-3
    narrow = Network(make_backbone(FeaturesConfig("mobilenet_v2", size=64)))(pictures)
    np.testing.assert_allclose(features, narrow, rtol=1e-3, atol=1e-4)
    assert not np.array_equal(features, narrow)


def test_two_views_are_the_picture_and_its_mirror_image(pictures):
    backbone = make_backbone(FeaturesConfig(size=64))
    both = [Network(backbone)(each) for each in (pictures, pictures[:, :, ::-1])]
    np.testing.assert_allclose(Network(backbone, 2)(pictures), np.mean(both, axis=0), atol=1e-6)


@pytest.mark.parametrize("rotations", [4, 8])
def test_averaged_features_do_not_know_which_side_is_up(pictures, rotations):
    backbone = make_backbone(FeaturesConfig(size=64))
    network = Network(backbone, rotations)
    upright, turned = network(pictures), network(np.rot90(pictures, axes=(1, 2)))
    np.testing.assert_allclose(upright, turned, atol=1e-6)
    mirrored = network(pictures[:, :, ::-1])
    assert np.allclose(upright, mirrored, atol=1e-6) == (rotations == 8)


def test_the_average_is_that_of_turned_pictures(pictures):
    backbone = make_backbone(FeaturesConfig(size=64))
    each = [Network(backbone)(np.rot90(pictures, quarter, (1, 2))) for quarter in range(4)]
    np.testing.assert_allclose(Network(backbone, 4)(pictures), np.mean(each, axis=0), atol=1e-6)


def test_no_pictures_give_no_rows():
    network = Network(make_backbone(FeaturesConfig()))
    assert network(np.empty((0, 64, 64, 3), np.uint8)).shape == (0, 128)


@pytest.mark.parametrize("device", ["cuda:99", "toaster"])
def test_a_missing_device_is_named(device):
    with pytest.raises(BadInputError, match=device):
        Network(make_backbone(FeaturesConfig()), device=device)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_gives_nearly_the_same(pictures):
    on_cpu, on_gpu = (
        Network(make_backbone(FeaturesConfig("mobilenet_v2", size=64)), device=device)(pictures)
        for device in ("cpu", "cuda")
    )
    np.testing.assert_allclose(on_gpu, on_cpu, rtol=1e-2, atol=1e-3)
