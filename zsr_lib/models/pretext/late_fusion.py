"""Late fusion: one trunk for both patches up to fc6, then their features side by side through fc7, fc8 and fc9.

The slides of "Unsupervised SBIR by cross-domain context prediction" (METHODS.md §5.2) list an AlexNet whose layers
differ from those that ImageNet's weights exist for; the layers here are torchvision's. Fusion is the slides': two times
fc6 → fc7 → fc8 → fc9 with 8 answers. Whether fully connected layers drop units is not stated; here none does.
"""

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError
from zsr_lib.features.backbones import Backbone, make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.pretext.patches import DIRECTIONS, PAIRS

SMALL = "small"
"""The trunk of the quick profile: three strided convolutions and fc6, about a hundred thousand weights."""
WIDTHS = (16, 32, 64)
LAYERS = nn.Conv2d, nn.Linear


class LateFusion(nn.Module):
    """A trunk, and what is put on top of two of its outputs.

    Args:
        trunk: (N, C, side, side) → (N, D), D is found by sending one picture through.
        side: Of the trunk's pictures.
        bands: C.
        width: Of fc7 and fc8.
        still: Whether batch statistics stay as they are in training, too.
    """

    def __init__(self, trunk: nn.Module, side: int, bands: int, width: int, still: bool = False) -> None:
        super().__init__()
        self.trunk, self.still = trunk, still
        with torch.inference_mode():
            features = trunk.eval()(torch.zeros(1, bands, side, side)).shape[1]
        head = (nn.Linear(2 * features, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU())
        self.head = nn.Sequential(*head, nn.Linear(width, DIRECTIONS))

    def encode(self, modality: str, images: Tensor) -> Tensor:
        """(N, C, side, side) → (N, D) what the trunk says of pictures or patches of any modality."""
        return self.trunk(images)

    def answers(self, first: Tensor, second: Tensor) -> Tensor:
        """(4 B, D) features of the patches of B grids, twice → (B, 12, 8) logits of all ordered pairs."""
        one, other = (each.unflatten(0, (-1, 4)) for each in (first, second))  # (B, 4, D)
        rows = torch.tensor(PAIRS, device=first.device)
        return self.head(torch.cat([one[:, rows[:, 0]], other[:, rows[:, 1]]], dim=2))

    def train(self, mode: bool = True) -> "LateFusion":
        """As every module, but batch statistics are not taken where they stay."""
        super().train(mode)
        for layer in self.trunk.modules() if self.still else ():
            if isinstance(layer, nn.BatchNorm2d):
                layer.eval()
        return self


def make_trunk(name: str, side: int, bands: int, width: int, batch_norm: bool) -> nn.Module:
    """A trunk, drawn from torch's generator, that ends with fc6, or in networks without one with pooled features.

    Args:
        name: `SMALL`, ``alexnet``, or another classifier of torchvision.
        side: Of its pictures.
        bands: Of its pictures; 3 but for `SMALL`.
        width: Of `SMALL`'s fc6.
        batch_norm: Batch normalisation behind each convolution of `SMALL` and ``alexnet``, which have none.

    Raises:
        ZsrError: As `zsr_lib.features.backbones.make_backbone`.
    """
    if name == SMALL:
        return _small(side, bands, width, batch_norm)
    trunk = _trunk_of(make_backbone(FeaturesConfig(name, size=side, crop=False)), batch_norm)
    for layer in trunk.modules():
        if hasattr(layer, "reset_parameters"):  # as torch starts layers: uniform, the same on every processor
            layer.reset_parameters()
    return trunk


def take_weights(
    trunk: nn.Module, name: str, weights: str, side: int, batch_norm: bool, kept: int | None
) -> tuple[str, ...] | None:
    """Puts pretrained weights into the lowest layers of a trunk; normalisation belongs to the layer before it.

    Args:
        trunk: As `make_trunk` made it.
        name: Likewise.
        weights: As in `zsr_lib.features.config.FeaturesConfig`, but not ``none``.
        side: Likewise.
        batch_norm: Likewise.
        kept: How many convolutions and linear layers, counted from the picture, take them; None: all.

    Returns:
        The classes that they were trained on; None when nobody says.

    Raises:
        BadInputError: `SMALL` has no weights, or there are fewer layers than are to be kept.
        ZsrError: As `zsr_lib.features.backbones.make_backbone`.
    """
    if name == SMALL:
        raise BadInputError(f"the trunk '{SMALL}' has no weights.", "use weights: none, or another backbone.")
    backbone = make_backbone(FeaturesConfig(name, weights, side, crop=False))
    source = _trunk_of(backbone, batch_norm)
    count = sum(isinstance(layer, LAYERS) for layer in source.modules())
    if kept is not None and not 0 <= kept <= count:
        raise BadInputError(f"{kept} layers are to keep their weights.", f"give 0 … {count}, or null for all.")
    passed = 0
    for own, other in zip(trunk.modules(), source.modules(), strict=True):
        passed += isinstance(other, LAYERS)
        if hasattr(other, "reset_parameters") and (kept is None or passed <= kept):
            own.load_state_dict(other.state_dict())
    return backbone.classes


def _trunk_of(backbone: Backbone, batch_norm: bool) -> nn.Module:
    """A classifier up to its pooled features, or AlexNet up to fc6; units and blocks are dropped nowhere."""
    trunk = backbone.module
    if backbone.name == "alexnet":  # conv1 … conv5, and fc6 without the unit dropping before it and the fc7 behind it
        trunk = nn.Sequential(*trunk.features, trunk.avgpool, nn.Flatten(), *trunk.classifier[1:3])
        trunk = _normalised(trunk) if batch_norm else trunk
    for layer in trunk.modules():
        if isinstance(layer, nn.Dropout) or type(layer).__name__ == "StochasticDepth":
            layer.p = 0.0
    return trunk


def _small(side: int, bands: int, width: int, batch_norm: bool) -> nn.Module:
    layers: list[nn.Module] = []
    for inputs, outputs in zip((bands, *WIDTHS), WIDTHS, strict=False):
        layers += [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), nn.ReLU()]
        side = -(-side // 2)
    pooled = nn.AdaptiveAvgPool2d(side)  # leaves pictures of the expected side as they are
    trunk = nn.Sequential(*layers, pooled, nn.Flatten(), nn.Linear(WIDTHS[-1] * side**2, width), nn.ReLU())
    return _normalised(trunk) if batch_norm else trunk


def _normalised(trunk: nn.Sequential) -> nn.Sequential:
    """The same layers with batch normalisation behind each convolution."""
    layers: list[nn.Module] = []
    for layer in trunk:
        layers += [layer, nn.BatchNorm2d(layer.out_channels)] if isinstance(layer, nn.Conv2d) else [layer]
    return nn.Sequential(*layers)
