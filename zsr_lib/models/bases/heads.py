"""Systems that train a small network on features."""

from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.bases.on_features import FeatureMethod
from zsr_lib.models.bases.trained import TrainedMethod
from zsr_lib.models.bases.with_tokens import WithTokens
from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.sources import FeatureTable


class OnHeads(Protocol):
    """A configuration with features and training."""

    features: FeaturesConfig
    training: TrainingConfig


class HeadMethod(FeatureMethod, TrainedMethod):
    """A network on features, trained by the common loop."""

    config: OnHeads

    def table(self, items: ItemSet, run: Run) -> FeatureTable:
        """(N, D) features as one tensor on the training device, in the network's type."""
        return FeatureTable(self.features_of(items, run.progress), run.device, self.dtype)

    def rows(self, items: ItemSet) -> np.ndarray:
        """(N, D) features."""
        return self.features_of(items)

    def as_input(self, modality: str, rows: np.ndarray) -> Tensor:
        """(B, D) features in the network's type."""
        return torch.from_numpy(rows).to(self.device, self.dtype)

    def validation_items(self, task: Task) -> tuple[ItemSet, ItemSet]:
        """With features attached, each validation need not look them up by their pixels."""
        queries, gallery = super().validation_items(task)
        return tuple(self.extractor(items.modality).attach(items) for items in (queries, gallery))


class TokenHeadMethod(WithTokens, HeadMethod):
    """A network on features whose tokens rank again; see `WithTokens`."""
