"""Networks in float64: in whatever order a processor adds, float32 features are the same but for single last digits."""

import copy

import torch.nn.functional as F
from torch import Tensor, nn

from zsr_lib.features.folding import folded


class DepthwiseConv2d(nn.Module):
    """A convolution of each channel by itself, as a sum of shifted products.

    torch has kernels for it in float32 only. In float64 it convolves one channel after the other, and MobileNetV2 would
    spend nine tenths of its time there.

    Args:
        convolution: One input and one output channel to each group, zero padding, no dilation (`stands_for`).
    """

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        self.weight, self.bias = convolution.weight, convolution.bias  # (C, 1, R, S), (C,)
        self.stride, self.padding = convolution.stride, convolution.padding

    @staticmethod
    def stands_for(layer: nn.Module) -> bool:
        """Whether a layer is such a convolution."""
        return (
            isinstance(layer, nn.Conv2d)
            and layer.groups == layer.in_channels == layer.out_channels > 1
            and (layer.padding_mode, layer.dilation) == ("zeros", (1, 1))
            and not isinstance(layer.padding, str)
        )

    def forward(self, maps: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C, H', W')."""
        (down, right), (rows, columns) = self.stride, self.weight.shape[2:]
        maps = F.pad(maps, [side for side in reversed(self.padding) for _ in range(2)])
        height, width = (maps.shape[2] - rows) // down, (maps.shape[3] - columns) // right  # of the result, less one
        total = maps.new_zeros(*maps.shape[:2], height + 1, width + 1)
        if self.bias is not None:
            total += self.bias[:, None, None]
        for row in range(rows):
            for column in range(columns):
                # (N, C, H', W'): what this weight meets, wherever the kernel is laid
                met = maps[:, :, row : row + down * height + 1 : down, column : column + right * width + 1 : right]
                total.addcmul_(met, self.weight[:, :, row, column, None])
        return total


def in_float64(network: nn.Module) -> nn.Module:
    """A copy of a network that computes in float64, for features: nothing in it can be trained."""
    wide = folded(copy.deepcopy(network).double()).requires_grad_(False)
    for name, layer in [*wide.named_modules()]:
        if DepthwiseConv2d.stands_for(layer):
            wide.set_submodule(name, DepthwiseConv2d(layer))
    return wide
