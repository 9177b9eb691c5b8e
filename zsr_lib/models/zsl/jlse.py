"""JLSE-style: items and classes as mixtures of seen classes, and a learned table of which mixtures match.

After Zhang and Saligrama, "Zero-shot learning via joint latent similarity embedding", CVPR 2016, in the reduction of
METHODS.md §6.8: the paper learns dictionaries for items and classes jointly and infers codes by alternation; here a
class's mixture is SSE's, an item's is a ridge regression to it, brought onto the simplex, and only the table W is
learned, by a squared hinge on one match and one mismatch for each item. A code is W times an item's mixture: what each
seen class has to do with it, compared by cosine distance. So its numbers are not the paper's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn

from zsr_lib.data.semantics import class_semantics
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.losses.hinges import squared_hinge
from zsr_lib.models.bases.heads import HeadMethod
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.scaling import Scaling
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.zsl.simplex import mixtures, onto_simplex
from zsr_lib.training.config import TrainingConfig
from zsr_lib.training.sources import FeatureTable


@dataclass(frozen=True)
class JlseConfig:
    """Options.

    Attributes:
        features: Backbone, weights, input size.
        semantics: Kind of class vectors (`zsr_lib.data.semantics`).
        ridge: λ of the classes' mixtures.
        strength: Of the ridge regression, in units of the features' mean square.
        training: Steps, batches, optimiser.

    Raises:
        BadInputError: `strength` is not positive.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    semantics: Literal["wordvectors", "attributes", "onehot", "random"] = "wordvectors"
    ridge: float = 0.1
    strength: float = 1.0
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def __post_init__(self) -> None:
        if not self.strength > 0:
            raise BadInputError(f"strength is {self.strength}.", "give a number above 0.")


class JlseNet(nn.Module):
    """Standardised features → mixture (fixed by `ready`) → what each seen class has to do with it (learned)."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        classes = sizes.classes
        self.scaling = nn.ModuleDict({name: Scaling(size) for name, size in sizes.features.items()})
        self.maps = nn.ParameterDict(
            {name: nn.Parameter(torch.zeros(size, classes), False) for name, size in sizes.features.items()}
        )
        self.register_buffer("usual", torch.full((classes,), 1 / classes))
        self.tables = nn.ParameterDict({name: nn.Parameter(torch.eye(classes)) for name in sizes.features})

    def mixture(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, C) points of the simplex."""
        if modality not in self.maps:
            known = " or ".join(self.maps)
            raise BadInputError(f"there is no encoder for modality '{modality}'.", f"embed {known} items.")
        return onto_simplex(self.scaling[modality](features) @ self.maps[modality] + self.usual)

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, C) codes."""
        return self.mixture(modality, features) @ self.tables[modality]


class Jlse(HeadMethod):
    """A table of matching mixtures for each modality."""

    Config = JlseConfig
    config: JlseConfig

    def network(self, sizes: Sizes) -> JlseNet:
        """Filled in `ready`."""
        return JlseNet(sizes)

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, FeatureTable]) -> None:
        """Mixes the seen classes of each other, and solves for each modality's map of features to these mixtures."""
        vectors = nn.functional.normalize(torch.from_numpy(class_semantics(self.config.semantics, pool.classes)), dim=1)
        self._mixed = mixtures(vectors, vectors, self.config.ridge).to(self.device, self.dtype)  # (C, C)
        self.net.usual.copy_(self._mixed.mean(dim=0))
        for items in pool:
            scaling, features = self.net.scaling[items.modality], tables[items.modality].features
            scaling.measure(features)
            x, targets = scaling(features).double(), self._mixed[torch.from_numpy(pool.labels(items))].double()
            gram = x.T @ x
            gram += self.config.strength * gram.diagonal().mean() * torch.eye(len(gram), device=x.device)
            solution = torch.linalg.solve(gram, x.T @ (targets - self.net.usual.double()))
            self.net.maps[items.modality].data.copy_(solution)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Each item matches the mixture of its class, and not that of another."""
        terms = {}
        for name in self.sizes["features"]:
            codes = self.net.encode(name, batch[name])  # (N, C)
            pairs = [(codes * self._mixed[labels]).sum(dim=1) for labels in (batch.labels, batch.other_labels)]
            terms[name] = squared_hinge(torch.stack(pairs, dim=1), 1 - torch.arange(2, device=codes.device))
        return terms
