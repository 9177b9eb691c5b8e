"""Sketchy's network on frozen features: a sketch is nearer to its own photo than to another photo of the same class.

Sangkloy, Burnell, Ham and Hays, "The Sketchy Database", SIGGRAPH 2016 (METHODS.md §6.6): triplets of a sketch, its
photo and another photo, with a classifier beside them. The original trains three GoogLeNets for a million steps; here
one linear layer for each modality stands on frozen features and starts as the identity, and the triplets of its inner
layers have no counterpart. The margin of 0.3 is that of an independent port, here on Euclidean distances of codes of
unit length; the classifier's weight, the rate and the steps are chosen. How many negatives are of the same class is not
stated; here all are, since a class's own photos are what an instance has to be told from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from torch import Tensor, nn
from torch.nn.functional import normalize

from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.losses.classification import cross_modal_classification
from zsr_lib.losses.triplet import cross_triplet
from zsr_lib.models.bases.heads import HeadMethod
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.rng import rng
from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.history import History
from zsr_lib.training.sampling import PairRows, PartnerRows

SAME_CLASS = 11
"""Stream of the draws of negatives."""


@dataclass(frozen=True)
class InstanceTripletConfig:
    """Options.

    Attributes:
        features: Backbone, weights, input size.
        margin: Of the triplets, between codes of unit length.
        classification: Weight of the classifier's term.
        training: Steps, batches, optimiser.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    margin: float = 0.3
    classification: float = 0.1
    training: TrainingConfig = field(default_factory=lambda: TrainingConfig(steps=300, learning_rate=1e-4))


class TripletNet(nn.Module):
    """A layer for each modality that starts as the identity, and one classifier."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.layers = nn.ModuleDict({name: nn.Linear(size, size) for name, size in sizes.features.items()})
        for layer in self.layers.values():
            nn.init.eye_(layer.weight)
            nn.init.zeros_(layer.bias)
        self.classifier = nn.Linear(next(iter(sizes.features.values())), sizes.classes)

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, D) codes of unit length.

        Raises:
            BadInputError: No such modality was trained on.
        """
        if modality not in self.layers:
            raise BadInputError(f"there is no encoder for modality '{modality}'.", f"use {' or '.join(self.layers)}.")
        return normalize(self.layers[modality](features), dim=1)


class SameClassRows(PartnerRows):
    """Pairs whose negatives show another thing of the same class, where there is one; else the next pair's."""

    def __call__(self, number: int) -> PairRows:
        """Batch `number`."""
        drawn = super().__call__(number)
        dice, (first, *_) = rng(self._order.seed, number, SAME_CLASS), self.rows
        photos = {name: rows.copy() for name, rows in drawn.other.items()}
        for place, (label, own) in enumerate(zip(drawn.labels.tolist(), drawn.own[first].tolist(), strict=True)):
            others = np.flatnonzero((self.labels == label) & (self.rows[first] != own))
            if len(others):
                chosen = dice.choice(others)
                for name, rows in photos.items():
                    rows[place] = self.rows[name][chosen]
                drawn.other_labels[place] = label
        return drawn._replace(other=photos)


class InstanceTriplet(HeadMethod):
    """Learns from sketches and the photos that they were drawn from; one without its photo is passed over, counted."""

    Config = InstanceTripletConfig
    config: InstanceTripletConfig
    partners = True

    def network(self, sizes: Sizes) -> TripletNet:
        """Two layers and a classifier."""
        return TripletNet(sizes)

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Trains, and notes how many seen classes' items had no partner to learn from.

        Raises:
            BadInputError: No item names a partner, or there are too few pairs.
            TrainingError: A loss is not finite.
        """
        history, pool = super().fit(task, run), self.pool(task)
        rows, _ = pool.partners()
        lone = {items.modality: len(items) - len(np.unique(rows[items.modality])) for items in pool}
        history.notes |= {f"{modality} items without a partner": count for modality, count in lone.items()}
        return history

    def batches(self, pool: Pool, seed: int) -> SameClassRows:
        """Pair after pair.

        Raises:
            BadInputError: No item names a partner, or there are too few pairs.
        """
        return SameClassRows(*pool.partners(), self.config.training.batch_size, seed)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Triplets that the second modality anchors, and the classifier's cross-entropy of both."""
        photo, sketch = self.sizes["features"]
        anchor, positive = self.net.encode(sketch, batch[sketch]), self.net.encode(photo, batch[photo])
        negative = self.net.encode(photo, batch.other(photo))
        scores = (self.net.classifier(each) for each in (positive, anchor))
        told = cross_modal_classification(*scores, batch.labels)
        return {
            "triplet": cross_triplet(anchor, positive, negative, self.config.margin),
            "classification": self.config.classification * told,
        }
