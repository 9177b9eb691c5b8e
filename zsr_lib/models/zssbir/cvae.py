"""CVAE: a photo's features imagined from a sketch's, over and over, and the mean of what was imagined searched for.

Yelamarthi, Reddy, Mishra and Mittal, "A Zero-Shot Framework for Sketch Based Image Retrieval", ECCV 2018; sizes, loss
and the hundred draws as the released code has them. It pairs each sketch with the photo it was drawn from; here pairs
are of a class, unless `pairs` asks for partners and the data name them. Not stated and chosen: the number of steps.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn

from zsr_lib.configs import added
from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.losses.gaussian import gaussian_divergence
from zsr_lib.models.bases.heads import HeadMethod
from zsr_lib.models.bases.layers import known_modality, stacked
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.training.config import TrainingConfig


@dataclass(frozen=True)
class CvaeConfig:
    """Options; widths are those of the released code, made for 4096 features.

    Attributes:
        features: Backbone, weights, input size.
        latent: Size of what a photo has beside its sketch.
        widths: Of the encoder's two layers; the decoder's is the second.
        dropout: Share of the encoder's entries dropped while training.
        divergence: Weight of the term that makes latent codes normally distributed.
        sketch_weight: Weight of the sketch's features regenerated from the imagined photo's.
        draws: Photos imagined of each sketch.
        pairs: ``class``: any photo of a sketch's class; ``partners``: the photo that it was drawn from.
        training: Steps, batches, optimiser.

    Raises:
        BadInputError: A size is below 1.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    latent: int = 1024
    widths: tuple[int, ...] = (4096, 2048)
    dropout: float = 0.3
    divergence: float = 1.0
    sketch_weight: float = 10.0
    draws: int = 100
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(steps=10_000, batch_size=128, learning_rate=2e-4, betas=(0.5, 0.999))
    )
    pairs: Literal["class", "partners"] = added("class")

    def __post_init__(self) -> None:
        if min(self.latent, self.draws, *self.widths) < 1:
            raise BadInputError("latent, widths and draws must be 1 or more.", "give whole numbers above 0.")


class CvaeNet(nn.Module):
    """An encoder of pairs, a decoder from latent code and sketch to photo, and a way back to the sketch.

    Attributes:
        draws: (T, L) latent codes that every sketch is decoded with; drawn once, so that codes are the same each time.
    """

    draws: Tensor

    def __init__(self, sizes: Sizes, config: CvaeConfig, halves: int = 2) -> None:
        super().__init__()
        (self.first, photo), (self.second, sketch) = sizes.features.items()

        def after(width: int) -> Iterator[nn.Module]:
            yield from (nn.ReLU(), nn.BatchNorm1d(width), nn.Dropout(config.dropout))

        def plain(width: int) -> Iterator[nn.Module]:
            yield nn.ReLU()

        narrow = config.widths[-1]
        self.encoder = stacked((photo + sketch, *config.widths, halves * config.latent), after)
        self.decoder = nn.Sequential(*stacked((config.latent + sketch, narrow, photo), plain), nn.ReLU())
        self.back = stacked((photo, narrow, sketch), plain)
        self.register_buffer("draws", torch.randn(config.draws, config.latent, dtype=torch.float64))

    def posterior(self, photo: Tensor, sketch: Tensor) -> tuple[Tensor, Tensor]:
        """(N, D) features of pairs → mean and logarithm of the variance of their latent codes, both (N, L)."""
        return self.encoder(torch.cat([photo, sketch], dim=1)).tanh().chunk(2, dim=1)

    def imagined(self, latent: Tensor, sketch: Tensor) -> Tensor:
        """(N, L) latent codes and (N, D) sketch features → (N, D) photo features."""
        return self.decoder(torch.cat([latent, sketch], dim=1))

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """Photos stay as they are; of a sketch, the mean of all photos that were imagined."""
        if known_modality(modality, (self.first, self.second)) == self.first:
            return features
        total = sum(self.imagined(each.expand(len(features), -1), features) for each in self.draws)
        return total / len(self.draws)


class Cvae(HeadMethod):
    """Photo features from sketch features by a conditional variational auto-encoder; cosine distance."""

    Config = CvaeConfig
    config: CvaeConfig

    @property
    def partners(self) -> bool:
        """Whether a batch holds partners instead of items of one class."""
        return self.config.pairs == "partners"

    def network(self, sizes: Sizes) -> CvaeNet:
        """Encoder of two halves: mean and variance."""
        return CvaeNet(sizes, self.config)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Means over all entries of squared errors, a sum over latent ones of the divergence: as released."""
        net = self.net
        photo, sketch = batch[net.first], batch[net.second]  # (N, D)
        mean, log_variance = net.posterior(photo, sketch)  # (N, L)
        latent = mean + (log_variance / 2).exp() * torch.randn_like(mean)
        return self.terms(photo, sketch, latent) | {
            "divergence": self.config.divergence * gaussian_divergence(mean, log_variance)
        }

    def terms(self, photo: Tensor, sketch: Tensor, latent: Tensor) -> dict[str, Tensor]:
        """The photo, and the sketch, regenerated from a latent code and the sketch."""
        imagined = self.net.imagined(latent, sketch)
        back = (self.net.back(imagined) - sketch).square().mean()
        return {"photo": (imagined - photo).square().mean(), "sketch": self.config.sketch_weight * back}
