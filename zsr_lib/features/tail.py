"""The upper half of a backbone, or all of it, trained on, while the backbone itself stays as it is."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from zsr_lib.features.backbones import Backbone, trunk_and_head
from zsr_lib.features.folding import folded


class Tail(nn.Module):
    """A trainable copy of a backbone from one block on, batch normalisation folded.

    Args:
        backbone: Stays as it is.
        block: The first block of the copy (`zsr_lib.features.backbones.trunk_and_head`); None copies everything.
    """

    def __init__(self, backbone: Backbone, block: int | None) -> None:
        super().__init__()
        head = backbone.module if block is None else trunk_and_head(backbone, block)[1]
        self.blocks = folded(head).to(memory_format=torch.channels_last)

    def forward(self, maps: Tensor) -> Tensor:
        """(N, C, H, W) maps of the lower half, or prepared images → (N, D) features."""
        return self.blocks(maps.contiguous(memory_format=torch.channels_last))


def with_tail(backbone: Backbone, block: int | None, tail: Tail) -> Backbone:
    """The backbone with its upper half replaced by a trained one."""
    if block is None:
        return replace(backbone, module=tail.blocks.eval())
    trunk, _ = trunk_and_head(backbone, block)
    return replace(backbone, module=nn.Sequential(folded(trunk), tail.blocks).eval())


def interpolate(trained: Tail, pretrained: Tail, share: float) -> None:
    """Moves `trained` in place to a point between the pretrained weights (share 0) and the trained ones (1).

    On the way, a network often keeps what pretraining knew and what training added: Wortsman et al., "Robust
    fine-tuning of zero-shot models", CVPR 2022.
    """
    former = pretrained.state_dict()
    mixed = {name: torch.lerp(former[name], value, share) for name, value in trained.state_dict().items()}
    trained.load_state_dict(mixed)
