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
from torch import nn

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.finetune_config import FinetuneConfig
from zsr_lib.models.bases.on_features import FeatureMethod, with_stage_one
from zsr_lib.models.bases.scaling import Scaling
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


@dataclass(frozen=True)
class StandardisedConfig:
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
    """Per modality ``(x − mean) / sd`` with statistics of the seen classes; cosine distance."""

    Config = StandardisedConfig
    config: StandardisedConfig

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self._scaling = nn.ModuleDict()
        self._classes: tuple[str, ...] = ()

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Measures mean and standard deviation on the seen classes' photos and training sketches."""
        tuning, self._classes = self.prepare(task, run), task.seen
        for items in (task.photos("seen"), task.training_sketches("seen")):
            features = torch.from_numpy(self.features_of(items, run.progress))
            self._scaling[items.modality] = scaling = Scaling(features.shape[1])
            scaling.measure(features, self.config.centre_only)
        return with_stage_one(History(), tuning)

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, D) float32 standardised features.

        Raises:
            BadInputError: Not fitted, or not for this modality.
        """
        scaling = self.after_features(items.modality)
        return scaling(torch.from_numpy(self.features_of(items))).numpy()

    def after_features(self, modality: str) -> nn.Module:
        """The modality's standardisation.

        Raises:
            BadInputError: Not fitted, or not for this modality.
        """
        if modality not in self._scaling:
            raise BadInputError(f"there are no statistics of modality '{modality}'.", "call fit(task) first.")
        return self._scaling[modality]

    def trained_parts(self) -> tuple[TrainedPart, ...]:
        """The statistics, and the backbone if it was fine-tuned."""
        return (*super().trained_parts(), TrainedPart("standardisation", self._classes))

    def state(self) -> dict[str, torch.Tensor]:
        """Mean and scale of each modality, and a fine-tuned backbone's tensors."""
        return super().state() | {f"scaling.{name}": value for name, value in self._scaling.state_dict().items()}

    def about(self) -> dict[str, Any]:
        """The classes behind the statistics, beside what all systems on features say."""
        return super().about() | {"classes": list(self._classes)}

    def restore(self, state: Mapping[str, torch.Tensor], about: Mapping[str, Any]) -> None:
        """Takes the statistics back."""
        super().restore(state, about)
        self._classes = tuple(about["classes"])
        for modality in about["feature_keys"]:
            self._scaling[modality] = Scaling(len(state[f"scaling.{modality}.mean"]))
        own = {name.removeprefix("scaling."): value for name, value in state.items() if name.startswith("scaling.")}
        self._scaling.load_state_dict(own)
