"""What the systems of this family share that know class vectors: options, standardised features, unit vectors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from zsr_lib.data.semantics import class_semantics
from zsr_lib.data.task import Task
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.bases.heads import HeadMethod
from zsr_lib.models.bases.layers import PerModality
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.scaling import Scaling
from zsr_lib.models.bases.trained import Sizes
from zsr_lib.models.tuning.config import FinetuneConfig
from zsr_lib.training.config import TrainingConfig
from zsr_lib.training.sources import FeatureTable


@dataclass(frozen=True)
class AlignedConfig:
    """Options.

    Attributes:
        features: Backbone, weights, input size.
        finetune: Stage one: the backbone is trained as a classifier first; None leaves it as it is.
        standardise: Standardise features per modality on seen classes first (not in the papers).
        training: Steps, batches, optimiser.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    finetune: FinetuneConfig | None = None
    standardise: bool = False
    training: TrainingConfig = field(default_factory=TrainingConfig)


@dataclass(frozen=True)
class WordsConfig(AlignedConfig):
    """The options of `AlignedConfig`, and one more.

    Attributes:
        semantics: Kind of class vectors (`zsr_lib.data.semantics`).
    """

    semantics: Literal["wordvectors", "attributes", "onehot", "random"] = "wordvectors"


class AlignedNet(nn.Module):
    """A network whose features are scaled first: the identity, unless measured."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.scaling = PerModality({name: Scaling(size) for name, size in sizes.features.items()})


class Aligned(HeadMethod):
    """Measures features where they are to be standardised; an `AlignedNet` scales them."""

    config: AlignedConfig

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, FeatureTable]) -> None:
        """Measures features on the seen classes."""
        if self.config.standardise:
            for modality, table in tables.items():
                self.net.scaling[modality].measure(table.features)


class WithWords(Aligned):
    """An `Aligned` system that trains with class vectors, each divided by its length."""

    config: WordsConfig

    def semantic_size(self, task: Task) -> int:
        """Length of the seen classes' vectors."""
        return class_semantics(self.config.semantics, task.seen).shape[1]

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, FeatureTable]) -> None:
        """Looks up the class vectors, too."""
        super().ready(task, pool, tables)
        self._vectors = self.class_vectors(pool)

    def class_vectors(self, pool: Pool) -> Tensor:
        """(C, K) of unit length, on the device; a vector of zeros stays one."""
        vectors = torch.from_numpy(class_semantics(self.config.semantics, pool.classes))
        return normalize(vectors.to(self.device, self.dtype), dim=1)
