"""CMAAN: ZSE-SBIR whose exchange between sketch and photo also reads about the seen classes, in training only.

Source: "Cross-Modal Attention Alignment Network with Auxiliary Text Description", arXiv 2407.00979, as METHODS.md
§7.1 describes it: sentences about each training class from a language model, text-sketch and text-image exchange by
cross-attention, a global triplet loss and a local relation loss; what searches and is searched is visual only. Sizes,
weights and rates are in no source at hand: those of `zse_sbir` are taken.

What is otherwise, or chosen: sentences are of this project's own writing (`zsr_lib.data.words`), a few a class, and a
sentence is one token, its frozen features through one trained layer (the source trains a transformer on words);
sketch and photo share a trunk, as in ZSE-SBIR (the source has two); text tokens are extra keys and values beside the
partner's, each picture reading about its own class. So the triplet can be met by reading alone, without looking: the
term ``text`` asks the codes themselves to come near the sentences of their class, and is our addition, off by
default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from zsr_lib.data.task import Task
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import make_extractor
from zsr_lib.losses.weighted import WeightedSum
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.trained import Batch, Sizes, TrainedMethod
from zsr_lib.models.tokens.zse_sbir import TokenLosses, ZseSbir, ZseSbirConfig
from zsr_lib.models.words.text_cross import TextCross, TextNet, also_read, sentence_tokens


@dataclass(frozen=True)
class TextLosses(TokenLosses):
    """Weights of the loss terms; ``text`` draws codes to the sentences of their class."""

    text: float = 0.0


@dataclass(frozen=True)
class CmaanConfig(ZseSbirConfig):
    """Options of ZSE-SBIR, and what is read.

    Attributes:
        descriptions: ``aerial``, ``sketchy`` or a YAML file of one's own; empty: nothing is read, for comparison.
        text: What describes a sentence.
        losses: Weights of the terms.
    """

    descriptions: str = "aerial"
    text: FeaturesConfig = field(default_factory=lambda: FeaturesConfig("words"))
    losses: TextLosses = field(default_factory=TextLosses)


class ReadsText(TrainedMethod):
    """What a token system gains by sentences about the seen classes; stands before its base."""

    def semantic_size(self, task: Task) -> int:
        """Numbers of a sentence; 0 where nothing is read."""
        return make_extractor(self.config.text).dimension if self.config.descriptions else 0

    def network(self, sizes: Sizes) -> TextNet:
        """The base's network, with an exchange that reads."""
        base = super().network(sizes)
        width = base.cross.sketch.norm.gain.shape[0]
        return TextNet(base, TextCross(width, self.config.cross), sizes.semantics)

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, Any]) -> None:
        """Describes the sentences about the seen classes, and of no others."""
        super().ready(task, pool, tables)
        if self.config.descriptions:
            self.record("descriptions", pool.classes)
            read = sentence_tokens(pool.classes, self.config.descriptions, self.config.text)
            self.net.texts = torch.from_numpy(read).to(self.device, self.dtype)

    def about(self) -> dict[str, Any]:
        """The base's, and that an encoder of sentences had a part in it."""
        said = super().about()
        return also_read(said, self.config.text) if self.config.descriptions else said

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """A sketch, a photo of its class and one of another class, and what is said of both classes."""
        inputs = (batch["sketch"], batch["photo"], batch.other("photo"))
        terms = self.net.read_terms(inputs, (batch.labels, batch.other_labels), self.config.margin)
        weights = {name: weight for name, weight in vars(self.config.losses).items() if name in terms}
        return WeightedSum(weights)(**terms)


class Cmaan(ReadsText, ZseSbir):
    """On pixels, one vision transformer for both modalities."""

    Config = CmaanConfig
    config: CmaanConfig
