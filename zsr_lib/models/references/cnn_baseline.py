"""Baselines IV and V of Earth on Canvas: one layer of 128 on features, trained as a classifier on both modalities.

Chaudhuri et al. 2020, table 1, "CNN" and "pre-train + CNN", both 128-d. Layers, epochs and what is pre-trained are not
printed; this is the plainest reading. For Baseline V, fine-tune the backbone first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from zsr_lib.features.config import FeaturesConfig
from zsr_lib.losses.classification import cross_modal_classification
from zsr_lib.models.bases.heads import HeadMethod
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.tuning.config import FinetuneConfig
from zsr_lib.training.config import TrainingConfig


@dataclass(frozen=True)
class CnnBaselineConfig:
    """Options.

    Attributes:
        features: Backbone, weights, input size.
        finetune: Stage one: the backbone is trained as a classifier first; None leaves it as it is.
        code_size: Size of the layer whose output is the code.
        training: Steps, batches, optimiser.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    finetune: FinetuneConfig | None = None
    code_size: int = 128
    training: TrainingConfig = field(default_factory=TrainingConfig)


class CnnBaselineNet(nn.Module):
    """One layer and one classifier, shared by both modalities."""

    def __init__(self, sizes: Sizes, code_size: int) -> None:
        super().__init__()
        (dimension,) = set(sizes.features.values())
        self.layer = nn.Linear(dimension, code_size)
        self.classifier = nn.Linear(code_size, sizes.classes)

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, K) non-negative codes."""
        return torch.relu(self.layer(features))


class CnnBaseline(HeadMethod):
    """A joint classifier of photos and sketches; nothing else asks both modalities to meet."""

    Config = CnnBaselineConfig
    config: CnnBaselineConfig

    def network(self, sizes: Sizes) -> CnnBaselineNet:
        """One shared layer."""
        return CnnBaselineNet(sizes, self.config.code_size)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy of both modalities' codes."""
        scores = (self.net.classifier(self.net.encode(name, batch[name])) for name in self.sizes["features"])
        return {"classification": cross_modal_classification(*scores, batch.labels)}
