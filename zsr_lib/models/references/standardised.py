"""Frozen features, standardised per modality with the seen classes' mean and standard deviation.

Sketches and photos sit in different corners of a backbone's feature space: few features fire on white paper. Taking
each modality's own mean away and dividing by its own spread puts both clouds on top of each other, and because the
statistics are those of seen classes, nothing of the unseen ones is touched. Every table carries this row: a learned
system that does not beat it has not learned alignment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.bases.on_features import FeatureMethod
from zsr_lib.models.bases.scaling import Scaling
from zsr_lib.models.bases.whitening import Whitening, WhiteningConfig
from zsr_lib.models.tuning.config import FinetuneConfig
from zsr_lib.training.config import Run
from zsr_lib.training.history import History, with_tuning


@dataclass(frozen=True)
class StandardisedConfig(WhiteningConfig):
    """Options.

    Attributes:
        features: Backbone, weights, input size.
        finetune: Stage one: the backbone is trained as a classifier first; None leaves it as it is.
        centre_only: Only take the mean away.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    finetune: FinetuneConfig | None = None
    centre_only: bool = False


class Standardised(FeatureMethod):
    """Per modality ``(x − mean) / sd`` with statistics of the seen classes, whitened if asked for; cosine distance."""

    Config = StandardisedConfig
    config: StandardisedConfig

    def build(self, features: Mapping[str, int]) -> None:
        """Makes a standardisation for each modality, and the whitening that they share."""
        self.scaling = nn.ModuleDict({name: Scaling(size) for name, size in features.items()})
        size = next(iter(features.values()))
        self.whitening = Whitening(size, self.config.dimension or size) if self.config.whitening else None

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Measures mean and standard deviation on the seen classes' photos and training sketches."""
        tuning = self.prepare(task, run)
        every = [task.training_items("seen", name) for name in task.modalities]
        features = {items.modality: torch.from_numpy(self.features_of(items, run.progress)) for items in every}
        self.begin(run, features={name: each.shape[1] for name, each in features.items()})
        for name, each in features.items():
            self.scaling[name].measure(each, self.config.centre_only)
        if self.whitening is not None:
            self.whitening.measure([self.scaling[name](each) for name, each in features.items()], self.config.whitening)
        self.record("standardisation", task.seen)
        return with_tuning(History(), tuning)

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, D) float32 standardised features.

        Raises:
            BadInputError: Not fitted, or not for this modality.
        """
        finish = self.after_features(items.modality)
        return finish(torch.from_numpy(self.features_of(items))).numpy()

    def after_features(self, modality: str) -> nn.Module:
        """The modality's standardisation, and the whitening if there is one.

        Raises:
            BadInputError: Not fitted, or not for this modality.
        """
        if self.sizes is None or modality not in self.scaling:
            raise BadInputError(f"there are no statistics of modality '{modality}'.", "call fit(task) first.")
        scaling = self.scaling[modality]
        return scaling if self.whitening is None else nn.Sequential(scaling, self.whitening)
