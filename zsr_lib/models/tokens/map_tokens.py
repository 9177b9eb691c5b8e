"""A stand-in for MLAGT without a pretrained vision transformer: tokens from a convolutional network's last maps.

Not from a paper, and *not* the published system: its trunk is a frozen backbone (MobileNetV2) whose last maps, place
by place, are the tokens; the filtering, the cross-attention and the relation head are those of `mlagt` and
`zse_sbir`. The layers here start as the identity: before the first step, codes are the standardised features of the
backbone, in their main directions, and a token is what one place contributes to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zsr_lib.configs import added
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.features.backbones import make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import Extractor, extractor_of
from zsr_lib.features.token_maps import with_tokens
from zsr_lib.losses.weighted import WeightedSum
from zsr_lib.models.bases.heads import TokenHeadMethod
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.tokens.attention import Layer
from zsr_lib.models.tokens.cross import CrossAttention, CrossConfig
from zsr_lib.models.tokens.map_stem import MapStem
from zsr_lib.models.tokens.net import Met, Second, TokenNet
from zsr_lib.models.tokens.relation import Relation
from zsr_lib.models.tokens.zse_sbir import TokenLosses, check_head
from zsr_lib.training.config import TrainingConfig
from zsr_lib.training.sources import FeatureTable


@dataclass(frozen=True)
class MapTokensConfig:
    """Options.

    Attributes:
        features: Backbone, weights, input size; `features.rotations` must be 1, as places have no average.
        block: The backbone's first block after the maps that are kept in the cache (18: MobileNetV2's last).
        width: Main directions of the standardised features that a token keeps.
        heads: Of each layer's attention.
        hidden: Width inside the layers' perceptrons.
        keep: For each layer the share of tokens that stays; () has no layer at all.
        cross: The cross-attention.
        reduced: Numbers of a token before the relation head compares it.
        second: How pairs are scored.
        blend: Weight of the codes' cosine in a pair's score; our addition.
        losses: Weights of the terms; without a relation term there is no relation head.
        margin: Of the triplet.
        dropout: While training.
        training: Steps, batches, optimiser.
        met: Which photo a sketch has met before its distance from another is measured; see `Met`.

    Raises:
        BadInputError: Features are to be averaged over symmetries, differ by modality, or a head is not trained.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    block: int = 18
    width: int = 128
    heads: int = 8
    hidden: int = 256
    keep: tuple[float, ...] = (1.0,)
    cross: CrossConfig = field(default_factory=lambda: CrossConfig(hidden=256))
    reduced: int = 64
    second: Second = "relation"
    blend: float = 0.0
    losses: TokenLosses = field(default_factory=TokenLosses)
    margin: float = 1.0
    dropout: float = 0.1
    training: TrainingConfig = field(default_factory=lambda: TrainingConfig(steps=200, batch_size=32))
    met: Met = added("positive")  # noqa: RUF009 - a field

    def __post_init__(self) -> None:
        check_head(self.second, self.losses)
        if self.features.by:
            raise BadInputError(
                "modalities have backbones of their own.", "leave features.by out: one stem serves all."
            )
        if self.features.rotations != 1:
            raise BadInputError(
                f"features.rotations is {self.features.rotations}, but turned maps have their places elsewhere.",
                "set rotations: 1.",
            )


class MapTrunk(nn.Module):
    """Tokens of one width → their mean, as CLS token, and those that are kept; the identity until it is trained."""

    def __init__(self, config: MapTokensConfig) -> None:
        super().__init__()
        rest = (config.width, config.heads, config.hidden, config.dropout)
        self.layers = nn.ModuleList(Layer(*rest, rate) for rate in config.keep)
        for layer in self.layers:
            for last in (layer.attention.out, layer.perceptron[3]):
                nn.init.zeros_(last.weight)
                nn.init.zeros_(last.bias)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, T, D) → (B, 1 + T', D)."""
        tokens = torch.cat([tokens.mean(dim=1, keepdim=True), tokens], dim=1)
        for layer in self.layers:
            tokens, _, _ = layer(tokens)
        return tokens


class MapTokens(TokenHeadMethod):
    """MLAGT's upper half on a convolutional network's maps."""

    Config = MapTokensConfig
    config: MapTokensConfig
    distance = "cosine"
    reranks = ("sketch→photo",)  # the branches of its cross-attention know which is which

    def build(self, **sizes: Any) -> None:
        """Makes what turns maps into tokens, then the network."""
        backbone = make_backbone(self.config.features)
        self.stem = MapStem(backbone, self.config.block, tuple(sizes["features"]), self.config.width).to(self.dtype)
        super().build(**sizes)

    def network(self, sizes: Sizes) -> TokenNet:
        """A trunk that starts as the identity, cross-attention, and the relation head where it is trained."""
        config, trunk = self.config, MapTrunk(self.config)
        count = whole = self.stem.places_of(*set(sizes.features.values()))
        for layer in trunk.layers:
            count = layer.kept_of(count)
        head = Relation(count, config.width, config.reduced, count == whole, config.dropout)
        cross = CrossAttention(config.width, config.cross)
        return TokenNet(trunk, cross, head if config.losses.relation else None, config.second, config.blend)

    def _made(self, tail: str, features: FeaturesConfig) -> Extractor:
        """Maps instead of features."""
        return extractor_of(with_tokens(make_backbone(features), self.config.block), features.rotations, self.device)

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, FeatureTable]) -> None:
        """Measures the maps of the seen classes; from then on tables hold tokens."""
        self.stem.measure({name: table.features for name, table in tables.items()})
        for name, table in tables.items():
            table.features = self.stem.in_parts(name, table.features)

    def as_input(self, modality: str, rows: np.ndarray) -> Tensor:
        """(B, T, D) tokens of maps."""
        return self.stem(modality, super().as_input(modality, rows))

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """A sketch, a photo of its class and one of another class."""
        three = batch["sketch"], batch["photo"], batch.other("photo")
        terms = self.net.terms(*three, self.config.margin, self.config.met)
        return WeightedSum(vars(self.config.losses))(**terms)
