"""One vision transformer for both modalities: patches and convolutions as tokens, filtered on the way up.

Source: MLAGT (Remote Sensing 16(10):1653, 2024) and its parent ZSE-SBIR (CVPR 2023) as METHODS.md §4.4 and §4.7
describe them; trunk of Dosovitskiy et al., ICLR 2021.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.features.weights import checksum
from zsr_lib.models.tokens.attention import Layer
from zsr_lib.models.tokens.pretrained import renamed, trunk_weights

LEVELS = (12, 6, 3)
"""By what the trunk's width is divided for the channels of the first three convolutions: 64, 128 and 256 of 768."""


@dataclass(frozen=True)
class TrunkConfig:
    """How large the trunk is; the defaults are ViT-B/16.

    Attributes:
        width: Numbers of a token.
        depth: Layers.
        heads: Of each layer's attention.
        hidden: Width inside the perceptrons.
        patch: Side of a patch in pixels.
        keep: For each layer the share of patch tokens that stays; () keeps all.
        dropout: While training.
        weights: ``none`` (random), ``imagenet`` (torchvision's download), a file's path, or the name of a file among
            `zsr_lib.settings.weight_files`; files as torchvision's ViT has them. What it lacks (the multi-level
            convolutions) stays random.

    Raises:
        BadInputError: Keep rates for another number of layers.
    """

    width: int = 768
    depth: int = 12
    heads: int = 12
    hidden: int = 3072
    patch: int = 16
    keep: tuple[float, ...] = ()
    dropout: float = 0.1
    weights: str = "none"

    def __post_init__(self) -> None:
        if self.keep and len(self.keep) != self.depth:
            raise BadInputError(
                f"there are {len(self.keep)} keep rates for {self.depth} layers.", "give one a layer, or none."
            )


@dataclass(frozen=True, eq=False)
class Looked:
    """What one layer looked at.

    Attributes:
        places: (B, n) patches of the picture, in reading order counted from 0, whose tokens came into the layer.
        attention: (B, n) what the CLS token paid each of them; with what it paid itself, it adds up to 1.
        kept: (B, m) the patches that the layer kept.
    """

    places: Tensor
    attention: Tensor
    kept: Tensor


class Trunk(nn.Module):
    """Pictures → a CLS token and what is left of their patch tokens.

    Args:
        config: Its size.
        side: Of the pictures, in pixels; a multiple of the patch's.
        bands: Of the pictures.
        levels: Whether four convolutions make tokens, too, which are averaged with the patches'.
        loses_output: See `zsr_lib.models.tokens.attention.Layer`.

    Raises:
        BadInputError: The side is no multiple of the patch's, or the patch's no multiple of 8 where there are levels.
    """

    def __init__(
        self, config: TrunkConfig, side: int, bands: int, levels: bool = True, loses_output: bool = False
    ) -> None:
        super().__init__()
        patch, width = config.patch, config.width
        if side % patch or (levels and patch % 8):
            raise BadInputError(
                f"pictures of {side} pixels do not divide into patches of {patch}"
                + (" that four convolutions reach." if levels else "."),
                "choose a size that is a multiple of trunk.patch, and with levels a patch that is a multiple of 8.",
            )
        self.config, self.grid = config, side // patch
        self.patches = nn.Conv2d(bands, width, patch, patch)
        self.levels = _levels(bands, width, patch) if levels else None
        self.first = nn.Parameter(torch.zeros(1, 1, width))
        self.places = nn.Parameter(torch.empty(1, 1 + self.grid**2, width).uniform_(-0.03, 0.03))
        self.dropout = nn.Dropout(config.dropout)
        rest = (config.width, config.heads, config.hidden, config.dropout)
        rates = config.keep or (1.0,) * config.depth
        self.layers = nn.ModuleList(Layer(*rest, rate, loses_output) for rate in rates)
        self.norm = nn.LayerNorm(width, eps=1e-6)

    @property
    def count(self) -> int:
        """Patch tokens that are left at the end."""
        count = self.grid**2
        for layer in self.layers:
            count = layer.kept_of(count)
        return count

    def forward(self, images: Tensor, looked: list[Looked] | None = None) -> Tensor:
        """(B, C, side, side) → (B, 1 + T, D); what each layer looked at goes into `looked`, if there is such a list."""
        tokens = self.embedded(images)
        places = torch.arange(self.grid**2, device=images.device).expand(len(images), -1)
        for layer in self.layers:
            tokens, chosen, attention = layer(tokens)
            kept = places.gather(1, chosen)
            if looked is not None:
                looked.append(Looked(places, attention, kept))
            places = kept
        return self.norm(tokens)

    def embedded(self, images: Tensor) -> Tensor:
        """(B, C, side, side) → (B, 1 + grid², D) tokens before the first layer."""
        maps = self.patches(images)  # (B, D, grid, grid)
        if self.levels is not None:
            maps = (maps + self.levels(images)) / 2
        patches = maps.flatten(2).transpose(1, 2)
        tokens = torch.cat([self.first.expand(len(images), -1, -1), patches], dim=1)
        return self.dropout(tokens + self.places)

    def load_pretrained(self) -> dict[str, Any] | None:
        """Takes torchvision's weights, where the configuration names any.

        Returns:
            Where they come from, the checksum of the trunk with them, and of how many classes; None without any.

        Raises:
            DataNotFoundError: They are not here, or cannot be downloaded.
            BadFileError: They are of another size, or no vision transformer's.
        """
        config = self.config
        if (weights := trunk_weights(config.weights, (config.width, config.depth, config.patch))) is None:
            return None
        own = self.state_dict()
        taken = renamed(weights.state, config.depth)
        wrong = [name for name, value in taken.items() if value is None or value.shape != own[name].shape]
        if wrong:
            raise BadFileError(
                f"{weights.source} does not fit a trunk of width {self.config.width}, depth {self.config.depth} and "
                f"{self.grid} × {self.grid} patches of {self.config.patch} pixels: {', '.join(wrong[:3])} differ.",
                "name weights of a ViT of that size, or set trunk and size to the weights'.",
            )
        self.load_state_dict(own | taken)
        classes = None if weights.classes is None else len(weights.classes)
        return {"weights": self.config.weights, "sha256": checksum(self), "classes": classes}


def _levels(bands: int, width: int, patch: int) -> nn.Sequential:
    """Convolutions of 7, 3, 3 and 3 pixels on strides of 2, without bias: (B, C, S, S) → (B, D, S / patch, S / patch).

    For other patches than the paper's 16 pixels the last stride differs: patch / 8; beyond 3 it passes pixels over.
    """
    channels = (bands, *(max(1, width // share) for share in LEVELS), width)
    layers: list[nn.Module] = []
    for depth, stride in enumerate((2, 2, 2, patch // 8)):
        kernel = 3 if depth else 7
        layers += [nn.Conv2d(*channels[depth : depth + 2], kernel, stride, kernel // 2, bias=False), nn.ReLU()]
    return nn.Sequential(*layers[:-1])
