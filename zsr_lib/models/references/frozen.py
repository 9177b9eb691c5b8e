"""Frozen features: pixels, HOG, or a backbone as it was downloaded, compared as they are.

With an ImageNet backbone these are Baselines I to III of Earth on Canvas (Chaudhuri et al. 2020, table 1).
"""

from dataclasses import dataclass, field

import numpy as np
from torch import nn

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.bases.on_features import FeatureMethod
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


@dataclass(frozen=True)
class FrozenConfig:
    """Options.

    Attributes:
        features: Backbone, weights, input size.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)


class Frozen(FeatureMethod):
    """Nothing is fitted; cosine distance between features."""

    Config = FrozenConfig

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Does nothing but remember the device, and which modalities there are."""
        self.prepare(task, run)
        self.begin(run, features={name: self.extractor(name).dimension for name in task.modalities})
        return History()

    def after_features(self, modality: str) -> nn.Module:
        """Nothing."""
        return nn.Identity()

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, D) float32 features."""
        return self.features_of(items)
