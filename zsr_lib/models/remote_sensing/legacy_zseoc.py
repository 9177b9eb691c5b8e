"""ZSEoC as its released code trains it, to measure what the differences from the paper are worth.

Source: github.com/ushasi/Earth-on-Canvas-dataset. Its differences from the paper's slides (`zseoc.py` beside):

- the backbone is fine-tuned on *all* classes, the unseen ones' photos and test sketches included;
- anchors are photos followed by sketches and positives sketches followed by photos, so that each of the two encoders,
  named after anchors and positives, sees both modalities;
- the triplet's hinge acts on the batch's mean distances, not on each row;
- the latent term draws photo and sketch codes together and uses no class vectors;
- latent and reconstruction terms are Frobenius norms over the batch, neither squared nor averaged.

What makes that code fail to run, or train on wrong labels, is not repeated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.losses.classification import cross_modal_classification
from zsr_lib.losses.latent import legacy_latent
from zsr_lib.losses.reconstruction import legacy_cross_reconstruction
from zsr_lib.losses.triplet import legacy_batch_mean_triplet
from zsr_lib.models.bases.heads import HeadMethod
from zsr_lib.models.bases.initialisation import xavier
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.tuning.config import FinetuneConfig
from zsr_lib.training.config import TrainingConfig

ENCODERS = {"photo": "anchor", "sketch": "positive"}
"""Which encoder gives a modality's codes once training is over."""


@dataclass(frozen=True)
class LegacyZseocConfig:
    """Options; the defaults are the released code's.

    Attributes:
        features: Backbone, weights, input size.
        finetune: Stage one; None leaves the backbone as it is.
        code_size: Size of the codes.
        margin: Of the triplet term, Euclidean distance.
        dropout: Share of the code's entries dropped while training.
        training: Steps, batches, optimiser; the code makes 20 000 steps. The last state is kept unless
            `training.validate_every` asks for the best.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    finetune: FinetuneConfig | None = field(default_factory=lambda: FinetuneConfig(classes="all", legacy=True))
    code_size: int = 300
    margin: float = 1.0
    dropout: float = 0.5
    training: TrainingConfig = field(default_factory=lambda: TrainingConfig(steps=20_000, batch_size=128))


class LegacyZseocNet(nn.Module):
    """Two linear encoders, each with a classifier and a decoder; the one of positives ends in a ReLU."""

    def __init__(self, sizes: Sizes, code_size: int, dropout: float) -> None:
        super().__init__()
        if len(dimensions := set(sizes.features.values())) != 1:
            raise BadInputError(
                f"photo and sketch features have different sizes: {sorted(dimensions)}.", "use one backbone for both."
            )
        (size,) = dimensions
        names = ENCODERS.values()
        self.encoders = nn.ModuleDict({name: nn.Linear(size, code_size) for name in names})
        self.classifiers = nn.ModuleDict({name: nn.Linear(code_size, sizes.classes) for name in names})
        self.decoders = nn.ModuleDict(
            {"anchor": nn.Linear(code_size, size), "positive": nn.Sequential(nn.Linear(code_size, size), nn.ReLU())}
        )
        self.dropout = nn.Dropout(dropout)
        xavier(self)

    def code(self, role: str, features: Tensor) -> Tensor:
        """(N, D) features as ``anchor`` or ``positive`` → (N, K) codes; dropout acts in training mode only."""
        return self.dropout(self.encoders[role](features))

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, K) codes: photos as anchors, sketches as positives."""
        if modality not in ENCODERS:
            raise BadInputError(f"there is no encoder for modality '{modality}'.", "embed photos or sketches.")
        return self.code(ENCODERS[modality], features)


class LegacyZseoc(HeadMethod):
    """The released code's objective, leak included; its numbers are labelled and belong beside no clean ones."""

    Config = LegacyZseocConfig
    config: LegacyZseocConfig
    distance = "euclidean"
    legacy = True

    def network(self, sizes: Sizes) -> LegacyZseocNet:
        """Codes of the configured size."""
        return LegacyZseocNet(sizes, self.config.code_size, self.config.dropout)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Pairs of one class, once photo first and once sketch first; the sum of the four terms."""
        net = self.net
        photo, sketch = batch["photo"], batch["sketch"]  # (N, D)
        x, y = torch.cat([photo, sketch]), torch.cat([sketch, photo])  # (2N, D)
        others = torch.cat([batch.other("sketch"), batch.other("photo")])
        anchor, positive = net.code("anchor", x), net.code("positive", y)  # (2N, K)
        return {
            "triplet": legacy_batch_mean_triplet(anchor, positive, net.code("positive", others), self.config.margin),
            "latent": legacy_latent(anchor, positive),
            "classification": cross_modal_classification(
                net.classifiers["anchor"](anchor), net.classifiers["positive"](positive), batch.labels.repeat(2)
            ),
            "reconstruction": legacy_cross_reconstruction(
                net.decoders["anchor"](anchor), y, net.decoders["positive"](positive), x
            ),
        }
