"""SSE: every class is a mixture of seen classes, and so is an item, by how much it has of each.

Zhang and Saligrama, "Zero-shot learning via semantic similarity embedding", ICCV 2015; METHODS.md §6.7. An item's
share of seen class y is wᵀ min(x, v_y) with a learned template v_y; what a class scores is the mixture of these
shares. A code is the vector of all seen classes' scores, compared by cosine distance. Each modality has templates and
weights of its own. Chosen: templates start as the mean of each class and weights alike, in a unit in which shares are
about 1; the length of w is held small by `strength`; gradient steps, where the paper alternates quadratic programs.
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
from zsr_lib.losses.base import number
from zsr_lib.losses.hinges import multiclass_hinge
from zsr_lib.models.bases.heads import HeadMethod
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.zsl.simplex import mixtures
from zsr_lib.training.config import TrainingConfig
from zsr_lib.training.sources import FeatureTable


@dataclass(frozen=True)
class SseConfig:
    """Options.

    Attributes:
        features: Backbone, weights, input size; numbers that are not negative, as `min` asks for.
        semantics: Kind of class vectors (`zsr_lib.data.semantics`).
        ridge: λ of the mixtures.
        margin: By which a class shall lead.
        strength: Of the mean square of the weights beside the hinge.
        training: Steps, batches, optimiser.

    Raises:
        BadInputError: `margin` or `strength` is negative.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    semantics: Literal["wordvectors", "attributes", "onehot", "random"] = "wordvectors"
    ridge: float = 0.1
    margin: float = 1.0
    strength: float = 0.1
    training: TrainingConfig = field(default_factory=lambda: TrainingConfig(batch_size=64))

    def __post_init__(self) -> None:
        number("margin", self.margin)
        number("strength", self.strength)


class SseNet(nn.Module):
    """Templates of the seen classes and weights of their numbers, for each modality; mixtures of the seen classes."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        blank = {name: torch.zeros(sizes.classes, size) for name, size in sizes.features.items()}
        self.templates = nn.ParameterDict({name: nn.Parameter(each) for name, each in blank.items()})
        self.weights = nn.ParameterDict({name: nn.Parameter(torch.ones_like(each[0])) for name, each in blank.items()})
        self.units = nn.ParameterDict({name: nn.Parameter(torch.ones(1), False) for name in blank})
        self.register_buffer("mixed", torch.eye(sizes.classes))

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, C) scores of the seen classes."""
        return self.shares(modality, features) @ self.mixed.T

    def shares(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, C) how much each item has of each seen class."""
        if modality not in self.templates:
            known = " or ".join(self.templates)
            raise BadInputError(f"there is no encoder for modality '{modality}'.", f"embed {known} items.")
        templates, weights = self.templates[modality], self.weights[modality] / self.units[modality]
        shares = [torch.minimum(features, each) @ weights for each in templates]  # C of (N,), never (N, C, D) at once
        return torch.stack(shares, dim=1)


class Sse(HeadMethod):
    """Shares of seen classes, so learned that their mixtures name the class."""

    Config = SseConfig
    config: SseConfig

    def network(self, sizes: Sizes) -> SseNet:
        """Filled in `ready`."""
        return SseNet(sizes)

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, FeatureTable]) -> None:
        """Mixes the seen classes of each other, and starts templates as their means.

        Raises:
            BadInputError: Features are negative.
        """
        vectors = nn.functional.normalize(torch.from_numpy(class_semantics(self.config.semantics, pool.classes)), dim=1)
        self.net.mixed.copy_(mixtures(vectors, vectors, self.config.ridge))  # (C, C)
        with torch.no_grad():
            for items in pool:
                name, features = items.modality, tables[items.modality].features
                if bool((features < 0).any()):
                    raise BadInputError(
                        f"{name} features are negative, and a share of something cannot be.",
                        "take a backbone that ends in ReLU, or hog.",
                    )
                labels = torch.from_numpy(pool.labels(items)).to(self.device)
                means = [features[labels == each].mean(dim=0) for each in range(len(pool.classes))]
                self.net.templates[name].copy_(torch.stack(means))
                self.net.units[name].fill_(features.sum(dim=1).mean().clamp(min=1e-6))

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Each modality's items lead in their own class, with small weights."""
        terms = {}
        for name in self.sizes["features"]:
            terms[name] = multiclass_hinge(self.net.encode(name, batch[name]), batch.labels, self.config.margin)
            terms[f"weights of {name}"] = self.config.strength * self.net.weights[name].square().mean()
        return terms
