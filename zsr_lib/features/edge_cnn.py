"""A small network that sees edges only: what an aerial photo and a drawing of it have in common."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from zsr_lib.features.small_cnn import DIMENSION, WIDTHS, block

NEIGHBOURHOOD = 9
"""Side in pixels of the surroundings whose mean strength an edge is compared with."""
FAINTEST = 1e-3
"""Of the normalised input; weaker edges are noise."""


class Edges(nn.Module):
    """(N, 3, H, W) normalised images → (N, 3, H, W): how strong the edge is here, and its direction.

    Strength m / (m + m̄) lies in 0 … 1, with m̄ the mean of m in the neighbourhood and in the image, half and half: light
    and contrast drop out. Direction is (cos 2θ, sin 2θ) times the strength: an edge from dark to light and one from
    light to dark are the same, so that a line of ink and the border of a runway can look alike.
    """

    kernels: Tensor

    def __init__(self) -> None:
        super().__init__()
        sobel = torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]) / 8
        self.register_buffer("kernels", torch.stack([sobel, sobel.T])[:, None], persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """See the class."""
        grey = functional.pad(images.mean(dim=1, keepdim=True), (1, 1, 1, 1), mode="replicate")
        across, down = functional.conv2d(grey, self.kernels).split(1, dim=1)
        squared = across.square() + down.square() + FAINTEST**2
        strength = squared.sqrt()
        around = functional.avg_pool2d(
            strength, NEIGHBOURHOOD, stride=1, padding=NEIGHBOURHOOD // 2, count_include_pad=False
        )
        usual = (around + strength.mean(dim=(2, 3), keepdim=True)) / 2
        strength = strength / (strength + usual)
        cosine, sine = (across.square() - down.square()) / squared, 2 * across * down / squared
        return torch.cat([strength, strength * cosine, strength * sine], dim=1)


class MeanAndMax(nn.Module):
    """(N, C, H, W) → (N, 2 C): mean and largest value over positions."""

    def forward(self, maps: Tensor) -> Tensor:
        """See the class."""
        return torch.cat([maps.mean(dim=(2, 3)), maps.amax(dim=(2, 3))], dim=1)


class EdgeCNN(nn.Sequential):
    """Edges, the small CNN's four strided convolutions, mean and maximum over positions, one linear layer."""

    def __init__(self) -> None:
        blocks = [block(*pair) for pair in zip((3, *WIDTHS), WIDTHS, strict=False)]
        super().__init__(Edges(), *blocks, MeanAndMax(), nn.Linear(2 * WIDTHS[-1], DIMENSION))

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) → (N, 128); H and W at least 16."""
        return super().forward(images)
