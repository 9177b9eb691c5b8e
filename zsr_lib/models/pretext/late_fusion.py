"""Late fusion: one trunk for both patches up to fc6, then their features side by side through fc7, fc8 and fc9.

The slides of "Unsupervised SBIR by cross-domain context prediction" (METHODS.md §5.2) list an AlexNet whose layers
differ from those that ImageNet's weights exist for; the layers here are torchvision's. Fusion is the slides': two times
fc6 → fc7 → fc8 → fc9 with 8 answers. Whether fully connected layers drop units is not stated; here none does.
"""

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError
from zsr_lib.features.backbones import make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.pretext.patches import DIRECTIONS, PAIRS

SMALL = "small"
"""The trunk of the quick profile: three strided convolutions and fc6, some hundred thousand weights."""
WIDTHS = (32, 64, 64)
Layers = nn.Conv2d, nn.Linear


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
        if self.still:
            self.trunk.eval()
        return self


def make_trunk(
    name: str, weights: str, side: int, bands: int, width: int, batch_norm: bool, kept: int | None
) -> nn.Module:
    """A trunk that ends with fc6, or for networks without one with their pooled features.

    Args:
        name: `SMALL`, ``alexnet``, or another classifier of torchvision.
        weights: As in `zsr_lib.features.config.FeaturesConfig`; ``none`` draws all layers from torch's generator.
        side: Of its pictures.
        bands: Of its pictures; 3 but for `SMALL`.
        width: Of `SMALL`'s fc6.
        batch_norm: Batch normalisation behind each convolution of `SMALL` and ``alexnet``, which have none.
        kept: How many convolutions and linear layers, counted from the picture, keep their weights; those above are
            drawn anew. None keeps all.

    Raises:
        BadInputError: `SMALL` has no weights, or there are fewer layers than are to be kept.
        ZsrError: As `zsr_lib.features.backbones.make_backbone`.
    """
    if name == SMALL:
        if weights != "none":
            raise BadInputError(f"the trunk '{SMALL}' has no weights.", "use weights: none, or another backbone.")
        return _small(side, bands, width, batch_norm)
    network = make_backbone(FeaturesConfig(name, weights, side, crop=False)).module
    if name == "alexnet":  # conv1 … conv5, and fc6 without the unit dropping before it and the fc7 behind it
        network = nn.Sequential(*network.features, network.avgpool, nn.Flatten(), *network.classifier[1:3])
    _draw_anew(network, 0 if weights == "none" else kept)
    return _normalised(network) if batch_norm and name == "alexnet" else network


def _small(side: int, bands: int, width: int, batch_norm: bool) -> nn.Module:
    layers: list[nn.Module] = []
    for inputs, outputs in zip((bands, *WIDTHS), WIDTHS, strict=False):
        layers += [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), nn.ReLU()]
        side = -(-side // 2)
    trunk = nn.Sequential(*layers, nn.Flatten(), nn.Linear(WIDTHS[-1] * side**2, width), nn.ReLU())
    return _normalised(trunk) if batch_norm else trunk


def _normalised(trunk: nn.Sequential) -> nn.Sequential:
    """The same layers with batch normalisation behind each convolution."""
    layers: list[nn.Module] = []
    for layer in trunk:
        layers += [layer, nn.BatchNorm2d(layer.out_channels)] if isinstance(layer, nn.Conv2d) else [layer]
    return nn.Sequential(*layers)


def _draw_anew(network: nn.Module, kept: int | None) -> None:
    """Draws every layer above the first `kept` ones; normalisation belongs to the layer before it."""
    count = sum(isinstance(layer, Layers) for layer in network.modules())
    if kept is not None and not 0 <= kept <= count:
        raise BadInputError(f"{kept} layers are to keep their weights.", f"give 0 … {count}, or null for all.")
    passed = 0
    for layer in network.modules():
        passed += isinstance(layer, Layers)
        if kept is not None and passed > kept and hasattr(layer, "reset_parameters"):
            layer.reset_parameters()
