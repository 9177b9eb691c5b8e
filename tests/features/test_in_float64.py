import pytest
import torch
from torch import nn

from zsr_lib.features.in_float64 import DepthwiseConv2d, in_float64


@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"padding": (2, 0), "stride": (1, 3)}])
@pytest.mark.parametrize("bias", [True, False])
def test_shifted_products_are_torchs_convolution(options, bias):
    layer = nn.Conv2d(5, 5, (3, 4), groups=5, bias=bias, **options).double()
    maps = torch.randn(2, 5, 13, 11, dtype=torch.float64)
    assert DepthwiseConv2d.stands_for(layer)
    torch.testing.assert_close(DepthwiseConv2d(layer)(maps), layer(maps), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(4, 4, 3),
        nn.Conv2d(4, 8, 3, groups=4),
        nn.Conv2d(1, 1, 3),
        nn.Conv2d(4, 4, 3, groups=4, dilation=2),
        nn.Conv2d(4, 4, 3, groups=4, padding="same"),
        nn.Conv2d(4, 4, 3, groups=4, padding=1, padding_mode="reflect"),
        nn.Linear(4, 4),
    ],
)
def test_other_layers_stay(layer):
    assert not DepthwiseConv2d.stands_for(layer)
    (kept,) = in_float64(nn.Sequential(layer))
    assert type(kept) is type(layer)
    assert kept.weight.dtype == torch.float64


def test_the_network_itself_is_left_as_it_was():
    network = nn.Sequential(nn.Conv2d(3, 3, 3, groups=3))
    (wide,) = in_float64(network)
    assert isinstance(wide, DepthwiseConv2d)
    assert wide.weight.dtype == torch.float64
    assert type(network[0]) is nn.Conv2d
    assert network[0].weight.dtype == torch.float32
