"""The last maps of a convolutional backbone as tokens: one for each place of the map, not yet averaged over it.

They go through the extractor's cache like any feature: a picture is sent through the backbone once, whatever is trained
on its tokens later.
"""

from dataclasses import replace

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError
from zsr_lib.features.backbones import Backbone, trunk_and_head
from zsr_lib.features.folding import folded


class PlacesAsTokens(nn.Module):
    """(N, C, H, W) maps → (N, H · W · C), place after place in reading order."""

    def forward(self, maps: Tensor) -> Tensor:
        """See the class."""
        return maps.flatten(2).transpose(1, 2).flatten(1)


def with_tokens(backbone: Backbone, block: int) -> Backbone:
    """The backbone cut before a block; its features are tokens, place after place.

    Args:
        backbone: What is cut; stays as it is.
        block: The first block that is left out (`zsr_lib.features.backbones.trunk_and_head`).

    Raises:
        BadInputError: The backbone cannot be cut there.
    """
    trunk, _ = trunk_and_head(backbone, block)
    module = nn.Sequential(folded(trunk), PlacesAsTokens()).eval()
    side = backbone.config.side
    with torch.inference_mode():
        dimension = module(torch.zeros(1, 3, side, side)).shape[1]
    return replace(backbone, module=module, dimension=dimension)


def rest_of_maps(backbone: Backbone, block: int) -> nn.Sequential:
    """What makes the last maps of those that the cut backbone gives; it ends before the mean over places.

    Raises:
        BadInputError: The backbone cannot be cut there, or does not end in a mean over places.
    """
    _, head = trunk_and_head(backbone, block)
    layers = list(head)
    pools = [place for place, layer in enumerate(layers) if isinstance(layer, nn.AdaptiveAvgPool2d)]
    if not pools or layers[pools[0]].output_size not in (1, (1, 1)):
        raise BadInputError(
            f"'{backbone.name}' does not end in a mean over places.", "use a MobileNet, EfficientNet or ResNet."
        )
    return folded(nn.Sequential(*layers[: pools[0]])).requires_grad_(False)
