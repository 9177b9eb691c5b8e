"""DP-CLIP's two prompts on a convolutional network: a class's name scales channels, a few pictures of it prompt.

Source: DP-CLIP, arXiv 2404.18695, as METHODS.md §7.3 describes it: CLIP, frozen but for its norms; three support
pictures of the target class become prompt tokens by a small transformer; the class's name becomes a scale for each
channel by two thin layers (low rank); retrieval is fine-grained, within the class. Its protocol is its own: it is
told the class of a query and given pictures of it. So it is here: items bring their class's name (`sketchy_named`),
and the support pictures are the first three of that name among those that are embedded, of the same modality. `zsr
run` therefore calls a run with support *transductive*.

A stand-in, and *not* the published system: frozen features of a convolutional network take CLIP's place, scales act
on the channels of its pooled features, prompts meet the picture in one layer behind it, and the module that matches
patches is left out. All starts as the identity: before the first step codes are standardised features. Not stated in
what is at hand, and chosen: the loss (triplets within the class, as `instance_triplet`'s), rank 16, widths, steps and
rates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import make_extractor
from zsr_lib.losses.triplet import cross_triplet
from zsr_lib.models.bases.heads import HeadMethod
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.scaling import Scaling
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.fine_grained.instance_triplet import SameClassRows
from zsr_lib.models.words.text_cross import also_read
from zsr_lib.training.config import TrainingConfig
from zsr_lib.training.sources import FeatureTable

SUPPORT = 3


@dataclass(frozen=True)
class DpClipConfig:
    """Options.

    Attributes:
        features: Backbone, weights, input size.
        text: What describes a class's name.
        scales: Whether names scale channels.
        prompts: Whether support pictures prompt.
        rank: Of the scales.
        width: Of the tokens in which a picture meets its prompts.
        margin: Of the triplets, between codes of unit length.
        training: Steps, batches, optimiser.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    text: FeaturesConfig = field(default_factory=lambda: FeaturesConfig("words"))
    scales: bool = True
    prompts: bool = True
    rank: int = 16
    width: int = 64
    margin: float = 0.3
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            steps=200, batch_size=64, optimizer="adamw", learning_rate=3e-4, weight_decay=0.01
        )
    )


class PromptedNet(nn.Module):
    """Scales by name, prompts by support, a norm; (N, D + L + 3 D) of feature, name and support come in.

    Args:
        sizes: Modality → numbers that come in.
        name: L, numbers of a name.
        config: Of the system.
    """

    def __init__(self, sizes: Mapping[str, int], name: int, config: DpClipConfig) -> None:
        super().__init__()
        self.sizes = ((next(iter(sizes.values())) - name) // (1 + SUPPORT), name)
        size, width, self.config = self.sizes[0], config.width, config
        self.scaling = nn.ModuleDict({each: Scaling(size, floor=1e-3) for each in sizes})
        self.scale = nn.Sequential(nn.Linear(name, config.rank, bias=False), nn.Linear(config.rank, size))
        self.token, self.prompt = nn.Linear(size, width), nn.Linear(size, width)
        self.meet = nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.out, self.norm = nn.Linear(width, size), nn.LayerNorm(size)
        for each in (self.scale[1], self.out):
            nn.init.zeros_(each.weight)
            nn.init.zeros_(each.bias)

    def encode(self, modality: str, inputs: Tensor) -> Tensor:
        """(N, D + L + 3 D) → (N, D) codes of unit length.

        Raises:
            BadInputError: No such modality was trained on.
        """
        if modality not in self.scaling:
            raise BadInputError(f"there is no encoder for modality '{modality}'.", f"use {' or '.join(self.scaling)}.")
        size, name = self.sizes
        own, said, support = inputs.split((size, name, SUPPORT * size), dim=1)
        own = self.scaling[modality](own)
        scale = 1 + self.scale(said) if self.config.scales else torch.ones_like(own)
        codes = own * scale
        if self.config.prompts:
            shown = self.scaling[modality](support.unflatten(1, (SUPPORT, size))) * scale[:, None]
            tokens = torch.cat([self.token(codes)[:, None], self.prompt(shown)], dim=1)  # (N, 1 + 3, W)
            codes = codes + self.out(self.meet(tokens)[:, 0])
        return nn.functional.normalize(self.norm(codes), dim=1)


class DpClip(HeadMethod):
    """Learns from sketches and the photos that they were drawn from; told the class of what it looks at."""

    Config = DpClipConfig
    config: DpClipConfig
    distance = "cosine"

    def semantic_size(self, task: Task) -> int:
        """Numbers of a name."""
        return make_extractor(self.config.text).dimension

    def network(self, sizes: Sizes) -> PromptedNet:
        """See the net."""
        return PromptedNet(sizes.features, sizes.semantics, self.config)

    def features_of(self, items: ItemSet, progress: bool = False) -> np.ndarray:
        """(N, D + L + 3 D): of each item, of its class's name, and of the first three items of that name.

        Raises:
            BadInputError: Items bring no names.
        """
        if items.sentences is None:
            raise BadInputError(
                f"{items.modality} items do not say what their class is called.",
                "take a data set that tells it, for example sketchy_named.",
            )
        own = super().features_of(items, progress)
        _, first, which = np.unique(items.sentences, return_index=True, return_inverse=True)
        names = make_extractor(self.config.text)(items.take(first))[which]
        rows = [np.flatnonzero(which == each)[:SUPPORT] for each in range(len(first))]
        support = own[np.array([np.resize(each, SUPPORT) for each in rows])][which]  # (N, 3, D)
        return np.concatenate([own, names, support.reshape(len(own), -1)], axis=1)

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, FeatureTable]) -> None:
        """Measures the features of the seen classes."""
        for name, table in tables.items():
            self.net.scaling[name].measure(table.features[:, : self.net.sizes[0]])

    def about(self) -> dict[str, Any]:
        """The base's, and that an encoder of names had a part in it."""
        said = super().about()
        return also_read(said, self.config.text) if self.config.scales else said

    def batches(self, pool: Pool, seed: int) -> SameClassRows:
        """Pair after pair, with another photo of the same class.

        Raises:
            BadInputError: No item names a partner, or there are too few pairs.
        """
        return SameClassRows(*pool.partners(), self.config.training.batch_size, seed)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Triplets that the sketch anchors."""
        encode = self.net.encode
        anchor, positive = encode("sketch", batch["sketch"]), encode("photo", batch["photo"])
        return {"triplet": cross_triplet(anchor, positive, encode("photo", batch.other("photo")), self.config.margin)}
