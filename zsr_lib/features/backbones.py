"""Backbones: networks that turn pictures into features, with their weights and preprocessing."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError
from zsr_lib.features.architectures import IN_FLOAT64, OWN, build_network, without_classifier
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.fitting import load_weights
from zsr_lib.features.preprocess import Preprocess
from zsr_lib.features.weights import Weights, find_weights, imagenet, read_weights


@dataclass(frozen=True, eq=False)
class Backbone:
    """A network without its classifier.

    Attributes:
        name: One of `zsr_lib.features.architectures.OWN`, or a torchvision classifier's name.
        module: (N, 3, side, side) → (N, `dimension`); in evaluation mode, weights may be trained on.
        preprocess: Makes the module's input from stored pixels.
        dimension: D.
        classes: What the weights were trained on: () nothing, None unknown.
        wide: Features are computed in float64 and then rounded to float32.
        config: What it was made by.
    """

    name: str
    module: nn.Module
    preprocess: Preprocess
    dimension: int
    classes: tuple[str, ...] | None
    wide: bool
    config: FeaturesConfig

    @property
    def layout(self) -> torch.memory_format:
        """Channels last, which in float64 would take twice as long: only float32 has kernels for it."""
        return torch.contiguous_format if self.wide else torch.channels_last


def make_backbone(config: FeaturesConfig) -> Backbone:
    """A backbone with its weights, on the CPU.

    Raises:
        UnknownNameError: No such backbone; names the nearest.
        DataNotFoundError: The weights are not here, or cannot be downloaded.
        BadFileError: The weights are damaged or belong to another architecture.
        BadInputError: The backbone does not take images of that size, or has not so many blocks.
    """
    network = build_network(config.backbone, config.seed)
    classifier = without_classifier(network)
    weights = _weights(config)
    if weights is not None:
        load_weights(network, config.backbone, weights, classifier)
    if config.until is not None:
        network = _first_blocks(network, config)
    side = config.side
    whole = config.backbone in OWN or not config.crop
    preprocess = Preprocess(side, side) if whole else Preprocess.of_torchvision(side)
    classes = () if weights is None else weights.classes
    wide = config.precision == "float64" or (config.precision is None and config.backbone in IN_FLOAT64)
    return Backbone(config.backbone, network.eval(), preprocess, _dimension(network, config), classes, wide, config)


def pretrained_classifier(config: FeaturesConfig) -> nn.Linear:
    """The last layer that `make_backbone` leaves out, with its weights: features → logits of the pretrained classes.

    Raises:
        BadInputError: The backbone has no weights, or they come without a classifier.
        ZsrError: As `make_backbone`.
    """
    if config.until is not None:
        raise BadInputError("features.until cuts the classifier's layers off.", "leave features.until out.")
    weights = _weights(config)
    name = "" if weights is None else without_classifier(build_network(config.backbone, config.seed))
    state = {} if weights is None else weights.state
    matrix, bias = (state.get(f"{name}.{part}") for part in ("weight", "bias"))
    if not name or matrix is None or bias is None:
        raise BadInputError(
            f"'{config.backbone}' with weights '{config.weights}' has no classifier whose knowledge could be kept.",
            "name weights that come with their classifier, or set the weight of knowledge to 0 (tail.knowledge: 0).",
        )
    layer = nn.Linear(matrix[0].numel(), len(matrix))
    layer.load_state_dict({"weight": matrix.flatten(1).float(), "bias": bias.float()})
    return layer


def trunk_and_head(backbone: Backbone, block: int) -> tuple[nn.Module, nn.Module]:
    """Splits a backbone before one of its blocks; head(trunk(x)) is what the whole returns.

    Blocks are numbered as in torchvision's ``features`` (MobileNet, EfficientNet, VGG); for ResNets block 0 is the
    stem, then the residual blocks count on through all layers. The trunk shares the backbone's weights, while the head
    is a copy: it can be trained, and the backbone stays as it was.

    Args:
        backbone: A MobileNet, EfficientNet, VGG, ResNet (ResNeXt, Wide ResNet) or one of our own networks.
        block: The head's first block.

    Raises:
        BadInputError: The family cannot be split, or has no such block.
    """
    blocks, rest = _blocks(backbone.module, backbone.name)
    if not 0 < block < len(blocks):
        raise BadInputError(f"'{backbone.name}' cannot be split at block {block}.", f"use 1 … {len(blocks) - 1}.")
    return nn.Sequential(*blocks[:block]).eval(), copy.deepcopy(nn.Sequential(*blocks[block:], *rest)).eval()


def _weights(config: FeaturesConfig) -> Weights | None:
    if config.weights == "none":
        return None
    return imagenet(config.backbone) if config.weights == "imagenet" else read_weights(find_weights(config.weights))


def _dimension(network: nn.Module, config: FeaturesConfig) -> int:
    """Width of the features, found by sending one grey image through."""
    try:
        with torch.inference_mode():
            return network(torch.zeros(1, 3, config.side, config.side)).shape[1]
    except (RuntimeError, AssertionError, ValueError) as error:
        raise BadInputError(
            f"'{config.backbone}' does not take images of {config.side} × {config.side} pixels ({error}).",
            "leave features.size out, or use 224.",
        ) from error


class MeansOfBlocks(nn.Module):
    """(N, 3, H, W) → (N, Σ C): the means over positions of what the first `counts[i]` blocks give, side by side."""

    def __init__(self, blocks: Sequence[nn.Module], counts: tuple[int, ...]) -> None:
        super().__init__()
        self.blocks, self.counts = nn.Sequential(*blocks[: max(counts)]), counts

    def forward(self, images: Tensor) -> Tensor:
        """See the class."""
        maps = list(accumulate(self.blocks, lambda each, block: block(each), initial=images))
        return torch.cat([maps[count].mean(dim=(2, 3)) for count in self.counts], dim=1)


def _first_blocks(network: nn.Module, config: FeaturesConfig) -> nn.Module:
    """The network up to a block, and the mean over positions; or those of several blocks."""
    blocks, _ = _blocks(network, config.backbone)
    several = isinstance(config.until, tuple)
    counts = config.until if several else (config.until,)
    if not counts or not 0 < min(counts) <= max(counts) <= len(blocks):
        raise BadInputError(f"features.until is {config.until}.", f"'{config.backbone}' has blocks 1 … {len(blocks)}.")
    if several:
        return MeansOfBlocks(blocks, counts)
    return nn.Sequential(*blocks[: config.until], nn.AdaptiveAvgPool2d(1), nn.Flatten())


def _blocks(module: nn.Module, name: str) -> tuple[list[nn.Module], list[nn.Module]]:
    """Blocks that can be told apart, and what follows the last one."""
    family = type(module).__name__
    if family in ("SmallCNN", "EdgeCNN"):
        return list(module)[:-2], list(module)[-2:]
    if family == "ResNet":
        stem = nn.Sequential(module.conv1, module.bn1, module.relu, module.maxpool)
        layers = (module.layer1, module.layer2, module.layer3, module.layer4)
        return [stem, *(block for layer in layers for block in layer)], [module.avgpool, nn.Flatten()]
    if family == "MobileNetV2":
        return list(module.features), [nn.AdaptiveAvgPool2d(1), nn.Flatten(), module.classifier]
    if family in ("MobileNetV3", "EfficientNet", "EfficientNetLite0", "VGG"):
        return list(module.features), [module.avgpool, nn.Flatten(), module.classifier]
    raise BadInputError(
        f"'{name}' cannot be split into a trunk and a head.", "use a MobileNet, EfficientNet, VGG or ResNet."
    )
