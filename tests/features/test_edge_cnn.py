import pytest
import torch

from zsr_lib.features.edge_cnn import EdgeCNN, Edges, MeanAndMax
from zsr_lib.features.small_cnn import DIMENSION


@pytest.fixture
def bars():
    """Two photos of a bar, one bright on dark ground, one dark on bright ground."""
    images = torch.zeros(2, 3, 32, 32)
    images[0, :, :, 12:20] = 1
    return torch.stack([images[0], 1 - images[0]])


def test_light_contrast_and_sign_do_not_matter(bars):
    bright, dark = Edges()(bars)
    assert torch.allclose(bright, dark, atol=1e-5)
    edge = (bars[0, 0].diff(dim=1) != 0).any(0).nonzero().flatten()
    assert torch.allclose(Edges()(0.3 * bars + 0.4)[..., edge], Edges()(bars)[..., edge], atol=0.02)


def test_direction_is_that_of_the_edge(bars):
    upright, lying = Edges()(torch.stack([bars[0], bars[0].rot90(1, (1, 2))]))
    at = upright[0] > 0.5
    assert at.any()
    assert (upright[1][at] > 0.99 * upright[0][at]).all()
    assert (lying[1][at.T] < -0.99 * lying[0][at.T]).all()
    assert upright[2][at].abs().max() < 0.01


def test_an_even_ground_has_no_edges():
    strength = Edges()(torch.full((1, 3, 16, 16), 0.7))
    assert torch.isfinite(strength).all()
    assert strength[:, 1:].abs().max() < 1e-6


def test_colours_are_averaged():
    images = torch.rand(2, 3, 16, 16)
    assert torch.allclose(Edges()(images), Edges()(images.mean(1, keepdim=True).expand(-1, 3, -1, -1)), atol=1e-5)


def test_mean_and_largest_value():
    maps = torch.tensor([[[[1.0, 2.0], [3.0, 6.0]]]])
    assert MeanAndMax()(maps).tolist() == [[3.0, 6.0]]


def test_any_picture_becomes_one_row():
    for height, width in ((16, 16), (64, 64), (70, 50)):
        assert EdgeCNN()(torch.rand(2, 3, height, width)).shape == (2, DIMENSION)


def test_a_row_does_not_depend_on_its_batch():
    network, images = EdgeCNN().eval(), torch.rand(4, 3, 64, 64)
    assert torch.allclose(network(images)[1], network(images[1:2])[0], atol=1e-5)


def test_kernels_are_no_weights():
    assert not [name for name in EdgeCNN().state_dict() if "kernels" in name]
    assert sum(weight.numel() for weight in EdgeCNN().parameters()) < 150_000
