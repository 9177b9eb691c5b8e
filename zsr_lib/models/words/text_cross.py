"""Cross-attention between a sketch and a photo that also reads sentences about their class, while it trains."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zsr_lib.data.items import ItemSet
from zsr_lib.data.words.descriptions import described
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import make_extractor
from zsr_lib.losses.relation import relation
from zsr_lib.losses.triplet import cross_triplet
from zsr_lib.models.tokens.cross import Branch, CrossAttention, CrossConfig
from zsr_lib.models.tokens.net import TokenNet


def sentence_tokens(classes: Sequence[str], where: str, features: FeaturesConfig) -> np.ndarray:
    """(C, S, D) float32 features of the sentences about C classes; a class with fewer sentences repeats them.

    Args:
        classes: Seen ones: nothing else is looked up.
        where: As in `zsr_lib.data.words.descriptions.described`.
        features: What describes a sentence.

    Raises:
        ZsrError: As `described` and `zsr_lib.features.extractor.make_extractor`.
    """
    said = described(classes, where)
    count = max(map(len, said))
    sentences = np.array([own[place % len(own)] for own in said for place in range(count)])
    ids, labels = np.arange(len(sentences)).astype(str), np.zeros(len(sentences), np.int64)
    items = ItemSet(ids, labels, ("",), "text", "hand", sentences=sentences)
    return make_extractor(features)(items).reshape(len(said), count, -1)


def also_read(about: dict[str, Any], text: FeaturesConfig) -> dict[str, Any]:
    """What is saved beside a system's tensors, when a sentence encoder from a file had a part in its training.

    Nobody knows which classes such an encoder has read of, so nobody knows it of the system.
    """
    if text.weights == "none":
        return about
    weights = " and ".join(filter(None, [about.get("pretraining", {}).get("weights", ""), text.weights]))
    return about | {"pretraining": {"weights": weights, "classes": None}}


class TextBranch(Branch):
    """A branch whose keys and values are enlarged by those of text tokens, where there are any."""

    def forward(self, own: Tensor, other: Tensor, text: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """(B, T, D), (B, S, D) and (B, R, D) text → (B, T, D), and (B, H, T, S + R) weights of the keys."""
        if text is None:
            return super().forward(own, other)
        values = torch.cat([own if self.value == "own" else other, text], dim=1)
        attended, weights = self.attention(own, torch.cat([other, text], dim=1), values)
        own = self.norm(own + self.dropout(attended))
        return self.norm_2(own + self.dropout(self.perceptron(own))), weights


class TextCross(CrossAttention):
    """The exchange between sketch and photo, each also reading the sentences about its own class."""

    def __init__(self, width: int, config: CrossConfig) -> None:
        super().__init__(width, config)
        self.sketch, self.photo = TextBranch(width, config), TextBranch(width, config)

    def reading(self, sketch: Tensor, photo: Tensor, about: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """(B, T, D) of either, and (B, R, D) text tokens of the class of either → both updated."""
        return self.sketch(sketch, photo, about[0])[0], self.photo(photo, sketch, about[1])[0]


class TextNet(TokenNet):
    """ZSE-SBIR's network with sentences; what searches and is searched never meets them.

    Args:
        base: The network without sentences, whose layers it takes over.
        cross: The exchange that reads.
        size: Numbers of a sentence's features; 0 trains the same network without sentences.

    Attributes:
        texts: (C, S, size) features of the sentences about C classes, while it trains.
    """

    texts: Tensor

    def __init__(self, base: TokenNet, cross: TextCross, size: int) -> None:
        super().__init__(base.trunk, cross, base.head, base.second, base.blend)
        width = cross.sketch.norm.gain.shape[0]
        self.words = nn.Sequential(nn.Linear(size, width), nn.LayerNorm(width)) if size else None
        self.register_buffer("texts", torch.zeros(0), persistent=False)  # only training reads

    def about(self, labels: Tensor) -> Tensor | None:
        """(B,) classes → (B, S, D) text tokens; None where there are none."""
        return None if self.words is None else self.words(self.texts[labels])

    def read_terms(
        self, inputs: tuple[Tensor, Tensor, Tensor], labels: tuple[Tensor, Tensor], margin: float
    ) -> Mapping[str, Callable[[], Tensor]]:
        """Global triplet and local relation loss, as `TokenNet.terms`, with sentences in the exchange.

        Args:
            inputs: Of N sketches, N photos of the same classes, N photos of other classes.
            labels: (N,) classes of the first two and (N,) of the third.
            margin: Of the triplet.
        """
        if self.words is None:
            return self.terms(*inputs, margin)
        sketches = self.tokens("sketch", inputs[0])
        photos, others = self.tokens("photo", torch.cat(inputs[1:])).chunk(2)
        own, other = (self.about(each) for each in labels)
        anchor, positive = self.cross.reading(sketches, photos, (own, own))
        again, negative = self.cross.reading(sketches, others, (own, other))
        pairs = [[each[:, 1:] for each in pair] for pair in ((anchor, positive), (again, negative))]
        return {
            "triplet": lambda: cross_triplet(anchor[:, 0], positive[:, 0], negative[:, 0], margin),
            "relation": lambda: relation(*(self.head(*pair)[:, None] for pair in pairs)),
            "text": lambda: sum(
                cross_triplet(each[:, 0], own.mean(dim=1), other.mean(dim=1), margin) for each in (sketches, photos)
            ),
        }
