"""Siamese CNN: one small network for sketches and for edges of photos, trained on pairs.

Qi, Song, Zhang and Liu, "Sketch-based image retrieval via Siamese convolutional neural network", ICIP 2016; METHODS.md
§6.1. Layer sizes are not stated there: three convolutions with pooling are chosen. Codes of unit length with margin 1
are chosen, too, and pairs across modalities, as many of one class as of two. The paper trains with SGD; here the steps
are few, so it is Adam.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.losses.contrastive_pairs import contrastive_pairs
from zsr_lib.models.bases.either import EitherMethod, Towers
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.sbir.lines import Lines
from zsr_lib.training.config import TrainingConfig


@dataclass(frozen=True)
class SiameseCnnConfig:
    """Options.

    Attributes:
        features: None trains the network on pixels; else one layer on these features.
        size: Side of the pictures.
        augment: Whether pictures are changed at random.
        code_size: Size of the codes; 64 in the tables of zero-shot papers.
        margin: From which distance on pairs of two classes are left alone.
        training: Steps, batches, optimiser.

    Raises:
        BadInputError: `code_size` is not positive.
    """

    features: FeaturesConfig | None = None
    size: int = 100
    augment: bool = False
    code_size: int = 64
    margin: float = 1.0
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def __post_init__(self) -> None:
        if self.code_size < 1:
            raise BadInputError(f"code_size is {self.code_size}.", "give 1 or more.")


class UnitLength(nn.Module):
    """(N, K) → (N, K) rows of length 1."""

    def forward(self, codes: Tensor) -> Tensor:
        """See the class."""
        return functional.normalize(codes, dim=1)


class SiameseCnn(EitherMethod):
    """Shared weights; Euclidean distance of unit codes."""

    Config = SiameseCnnConfig
    config: SiameseCnnConfig
    distance = "euclidean"

    def view(self, modality: str) -> nn.Module:
        """Lines."""
        return Lines(drawn=modality == "sketch")

    def trunk(self, bands: int) -> nn.Module:
        """Three convolutions, each with ReLU and pooling."""
        sizes = ((bands, 16, 5), (16, 32, 5), (32, 64, 3))
        blocks = [(nn.Conv2d(i, o, kernel), nn.ReLU(), nn.MaxPool2d(2)) for i, o, kernel in sizes]
        return nn.Sequential(*(layer for block in blocks for layer in block))

    def network(self, sizes: Sizes) -> Towers:
        """The same layers for every modality."""
        lower, widths = self.lower(sizes, shared=True)
        head = nn.Sequential(nn.Linear(next(iter(widths.values())), self.config.code_size), UnitLength())
        return Towers(lower, dict.fromkeys(widths, head))

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """A pair of one class and a pair of two for each item of the first modality."""
        first, second, *_ = self.sizes["features"]
        code, own = self.net.encode(first, batch[first]), self.net.encode(second, batch[second])
        other = self.net.encode(second, batch.other(second))  # (N, K) each
        same = torch.ones_like(batch.labels)
        return {
            "contrastive": contrastive_pairs(
                code.repeat(2, 1), torch.cat([own, other]), torch.cat([same, 0 * same]), self.config.margin
            )
        }
