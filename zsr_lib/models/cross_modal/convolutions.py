"""Small convolutional networks for pictures of any bands, with their maps at hand."""

from torch import Tensor, nn

WIDTHS = (32, 64, 128)
CELLS = 4
"""Side of the map that a picture's features are made of."""


class MapsNet(nn.Module):
    """Three convolutions, each halving the map; then a 4 × 4 map of 128 channels, and a layer to features.

    As the networks of CMIR-Net's released code (convolutions of 32, 64 and 128 channels, leaky ReLU, 4 · 4 · 128
    numbers to 128), but with normalisation over groups of an item's own channels instead of over the batch: in stage
    two the network stays as it is, and what it makes of an item must not depend on other items. Convolutions take
    every second place instead of pooling, which costs a quarter.

    Args:
        bands: Of the pictures.
        size: Numbers of the features.
    """

    def __init__(self, bands: int, size: int) -> None:
        super().__init__()
        blocks = []
        for given, made in zip((bands, *WIDTHS), WIDTHS, strict=False):
            blocks += [nn.Conv2d(given, made, 3, stride=2, padding=1), nn.LeakyReLU(0.01), nn.GroupNorm(8, made)]
        self.convolutions = nn.Sequential(*blocks)
        self.last = nn.Sequential(
            nn.AdaptiveAvgPool2d(CELLS), nn.Flatten(), nn.Linear(WIDTHS[-1] * CELLS**2, size), nn.ReLU()
        )

    def maps(self, pictures: Tensor) -> Tensor:
        """(N, C, S, S) → (N, 128, S/8, S/8)."""
        return self.convolutions(pictures)

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, C, S, S) → (N, size) features."""
        return self.last(self.maps(pictures))
