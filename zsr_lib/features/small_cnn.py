"""A small convolutional network for the generated data: 64-pixel scenes, trained in seconds on two cores."""

import torch
from torch import nn

DIMENSION = 128
WIDTHS = (16, 32, 64, DIMENSION)
GROUPS = 8


class SmallCNN(nn.Sequential):
    """Four strided convolutions and the mean over positions, about 100 000 weights.

    Group normalisation (Wu and He, "Group normalization", ECCV 2018) works alike in training and in use: no
    statistics of photos leak into sketches, and no row depends on its batch.
    """

    def __init__(self) -> None:
        channels = (3, *WIDTHS)
        blocks = [block(*pair) for pair in zip(channels, WIDTHS, strict=False)]
        super().__init__(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten())

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """(N, 3, H, W) → (N, 128); H and W at least 16."""
        return super().forward(images)


def block(inputs: int, outputs: int) -> nn.Sequential:
    """(N, `inputs`, H, W) → (N, `outputs`, H / 2, W / 2), rounded up."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, bias=False), nn.GroupNorm(GROUPS, outputs), nn.ReLU()
    )
