"""CMIR-Net with attention across modalities: each modality's map says where to look in the other's.

"Attention-driven cross-modal remote sensing retrieval" (Chaudhuri et al., IGARSS 2021; slides of July 2021); METHODS.md
§3.3. Stated are the five terms of CMIR-Net and that codes come after a cross-attention step in which sketches attend
to photos. Not stated: its equations, tokens, weights, and what attends to a photo that nobody has drawn. Chosen here:

- a mask is σ of a 1 × 1 convolution of a map F_b, and a map with attention is F_a ⊙ M(F_b) + F_a;
- networks of stage one stay as they are, with the layer behind the masks, as in CMIR-Net here; what is trained beside
  it are four 1 × 1 convolutions. Behind the mask come 4 × 4 cells and that layer, not one mean;
- both modalities lend the other a mask, since both search and are searched;
- a test item has no partner, so each modality also learns a mask from its own map. Stage two's terms act on the codes
  of both masks, and a term draws the own mask to the lent one, which does not move for it (distillation).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from zsr_lib.data.items import ItemSet
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.cross_modal.cmir_net_pixels import CmirNetPixels, CmirNetPixelsConfig
from zsr_lib.models.cross_modal.convolutions import WIDTHS, MapsNet
from zsr_lib.models.cross_modal.two_stages_net import StageTwoLosses, TwoStagesConfig, TwoStagesNet


@dataclass(frozen=True)
class AttentionLosses(StageTwoLosses):
    """The weights of `StageTwoLosses`, and one more.

    Attributes:
        mask: Own masks towards those that the partners lend, a mean over places.
    """

    mask: float = 1.0


@dataclass(frozen=True)
class CrossAttentionConfig(CmirNetPixelsConfig):
    """The options of `CmirNetPixelsConfig`, with one more loss."""

    losses: AttentionLosses = field(default_factory=AttentionLosses)


class CrossAttentionNet(TwoStagesNet):
    """`TwoStagesNet` with two masks for each modality: one for its own map, one that it lends."""

    def __init__(self, stage_one: Mapping[str, MapsNet], classes: int, config: TwoStagesConfig) -> None:
        super().__init__(stage_one, classes, config)
        self.own = nn.ModuleDict({name: nn.Conv2d(WIDTHS[-1], 1, 1) for name in stage_one})
        self.lent = nn.ModuleDict({name: nn.Conv2d(WIDTHS[-1], 1, 1) for name in stage_one})

    def fixed(self, modality: str, inputs: Tensor) -> Tensor:
        """(N, C, S, S) → (N, 128, S/8, S/8) maps."""
        return self.stage_one[modality].maps(inputs)

    def masks(self, modality: str, pictures: Tensor) -> Tensor:
        """(N, C, S, S) → (N, 1, S/8, S/8) where the network looks, from 0 to 1, without a partner."""
        return torch.sigmoid(self.own[modality](self.stage_one[modality].maps(pictures)))

    def attended(self, modality: str, maps: Tensor, masks: Tensor) -> Tensor:
        """(N, 128, S/8, S/8) maps and (N, 1, S/8, S/8) masks → (N, D) features."""
        return self.stage_one[modality].last(maps * masks + maps)

    def features(self, modality: str, inputs: Tensor) -> Tensor:
        """Features under the own mask."""
        if modality not in self.stage_one:
            return super().features(modality, inputs)  # which says what is wrong
        maps = self.stage_one[modality].maps(inputs)
        return self.attended(modality, maps, torch.sigmoid(self.own[modality](maps)))


class CrossAttention(CmirNetPixels):
    """CMIR-Net on pictures, with masks."""

    Config = CrossAttentionConfig
    config: CrossAttentionConfig

    def network(self, sizes: Sizes) -> CrossAttentionNet:
        """The networks of CMIR-Net, and the masks."""
        stage_one = {name: MapsNet(bands, self.config.feature_size) for name, bands in sizes.features.items()}
        return CrossAttentionNet(stage_one, sizes.classes, self.config)

    def masks(self, items: ItemSet) -> torch.Tensor:
        """(N, 1, S/8, S/8) float32 where the network looks at each item, for plotting.

        Raises:
            BadInputError: Not fitted, or not for these items.
        """
        return torch.from_numpy(self.encoded(items, "masks"))

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """The terms of stage two on codes under lent and own masks, and what draws the own masks to the lent ones."""
        net, names = self.net, tuple(self.net.encoders)
        maps = dict(zip(names, self.fixed(batch), strict=True))  # (N, 128, S', S') each
        plain = [net.stage_one[name].last(maps[name]) for name in names]  # what decoders shall find: it does not move
        own = {name: torch.sigmoid(net.own[name](maps[name])) for name in names}
        lent = {
            name: torch.sigmoid(net.lent[other](maps[other])) for name, other in zip(names, names[::-1], strict=True)
        }
        codes = [
            net.code(name, torch.cat([net.attended(name, maps[name], each[name]) for each in (lent, own)]))
            for name in names
        ]  # (2N, K) each
        twice = [torch.cat([each, each]) for each in plain]
        return self.stage_two(
            *(batch, twice, codes), mask=lambda: sum((own[n] - lent[n].detach()).square().mean() for n in names)
        )
