"""Frozen features, standardised per modality with the seen classes' mean and standard deviation.

Sketches and photos sit in different corners of a backbone's feature space: few features fire on white paper. Taking
each modality's own mean away and dividing by its own spread puts both clouds on top of each other, and because the
statistics are those of seen classes, nothing of the unseen ones is touched. Every table carries this row: a learned
system that does not beat it has not learned alignment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.on_features import FeatureMethod
from zsr_lib.models.statistics import Statistics, measure
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


@dataclass(frozen=True)
class StandardisedConfig:
    """Options.

    Attributes:
        features: Backbone, weights, input size.
        centre_only: Only take the mean away.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    centre_only: bool = False


class Standardised(FeatureMethod):
    """Per modality ``(x − mean) / sd`` with statistics of the seen classes; cosine distance."""

    Config = StandardisedConfig
    config: StandardisedConfig

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self._statistics: dict[str, Statistics] = {}
        self._classes: tuple[str, ...] = ()

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Measures mean and standard deviation on the seen classes' photos and training sketches."""
        self._device, self._classes = run.device, task.seen
        for items in (task.photos("seen"), task.training_sketches("seen")):
            features = self.features_of(items, run.progress)
            self._statistics[items.modality] = measure(features, centre_only=self.config.centre_only)
        return History()

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, D) float32 standardised features.

        Raises:
            BadInputError: Not fitted, or not for this modality.
        """
        if items.modality not in self._statistics:
            raise BadInputError(f"there are no statistics of modality '{items.modality}'.", "call fit(task) first.")
        return self._statistics[items.modality].apply(self.features_of(items))

    def trained_parts(self) -> tuple[TrainedPart, ...]:
        """The statistics."""
        return (TrainedPart("standardisation", self._classes),)

    def state(self) -> dict[str, torch.Tensor]:
        """Mean and scale of each modality."""
        return {
            f"{modality}.{name}": torch.from_numpy(value)
            for modality, one in self._statistics.items()
            for name, value in (("mean", one.mean), ("scale", one.scale))
        }

    def about(self) -> dict[str, Any]:
        """The classes behind the statistics, beside what all systems on features say."""
        return super().about() | {"classes": list(self._classes)}

    def restore(self, state: Mapping[str, torch.Tensor], about: Mapping[str, Any]) -> None:
        """Takes the statistics back."""
        super().restore(state, about)
        self._classes = tuple(about["classes"])
        for modality in about["feature_keys"]:
            mean, scale = (state[f"{modality}.{name}"].numpy() for name in ("mean", "scale"))
            self._statistics[modality] = Statistics(mean, scale)
