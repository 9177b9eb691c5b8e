"""One linear encoder per modality into a space tied to class vectors: the network and objective of ZSEoC and ZSCMR.

Both papers (Chaudhuri et al., arXiv:2008.05225 and CVPR Workshops 2020) print the same four terms; they differ in the
size of the codes, in whether the class vectors are mapped, and in the data.
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
from zsr_lib.losses.classification import cross_modal_classification
from zsr_lib.losses.latent import cross_modal_latent
from zsr_lib.losses.norm import norm_regulariser
from zsr_lib.losses.reconstruction import cross_reconstruction
from zsr_lib.losses.triplet import Anchors, cross_modal_triplet
from zsr_lib.losses.weighted import WeightedSum
from zsr_lib.models.bases.heads import HeadMethod
from zsr_lib.models.bases.initialisation import same_start, xavier
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.scaling import Scaling
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.tuning.config import FinetuneConfig
from zsr_lib.training.config import TrainingConfig
from zsr_lib.training.sources import FeatureTable


@dataclass(frozen=True)
class LossWeights:
    """Weight of each term; 0 switches it off. The papers print a plain sum.

    Attributes:
        latent: Codes towards the class vector of their class.
        triplet: A photo nearer to a sketch of its class than to one of another class, and the reverse.
        classification: Cross-entropy over the seen classes.
        reconstruction: Each modality's features from the other's code.
        norm: Norm of each encoder's weights towards 1 (from CMIR-Net; not in the papers).
    """

    latent: float = 1.0
    triplet: float = 1.0
    classification: float = 1.0
    reconstruction: float = 1.0
    norm: float = 0.0


@dataclass(frozen=True)
class SemanticSpaceConfig:
    """Options.

    Attributes:
        features: Backbone, weights, input size.
        finetune: Stage one: the backbone is trained as a classifier first; None leaves it as it is.
        semantics: Kind of class vectors (`zsr_lib.data.semantics`).
        learned_size: Size of the codes where a map of the class vectors is learned; None keeps the vectors fixed,
            and the codes have their size.
        losses: Weights of the terms.
        margin: Of the triplet term, Euclidean distance.
        dropout: Share of the code's entries dropped while training.
        standardise: Standardise features per modality on seen classes first (not in the papers).
        same_start: Both encoders start from the same random weights, so that codes of both modalities are comparable
            before the first step (not in the papers; needs features of one size).
        training: Steps, batches, optimiser. A batch holds `batch_size` pairs of a photo and a sketch; each is an
            anchor, with one other photo and one other sketch as negatives.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    finetune: FinetuneConfig | None = None
    semantics: Literal["wordvectors", "attributes", "onehot", "random"] = "wordvectors"
    learned_size: int | None = None
    losses: LossWeights = field(default_factory=LossWeights)
    margin: float = 1.0
    dropout: float = 0.5
    standardise: bool = False
    same_start: bool = False
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def __post_init__(self) -> None:
        if self.learned_size is not None and self.learned_size < 1:
            raise BadInputError(f"learned_size is {self.learned_size}.", "give 1 or more, or null for fixed vectors.")


class SemanticSpaceNet(nn.Module):
    """Encoders, classifiers and cross decoders, all linear."""

    def __init__(self, sizes: Sizes, code_size: int, learned: bool, dropout: float) -> None:
        super().__init__()
        inputs = sizes.features
        self.scaling = nn.ModuleDict({name: Scaling(size) for name, size in inputs.items()})
        self.encoders = nn.ModuleDict({name: nn.Linear(size, code_size) for name, size in inputs.items()})
        self.classifiers = nn.ModuleDict({name: nn.Linear(code_size, sizes.classes) for name in inputs})
        # A photo's code must yield the features of a sketch, and the reverse.
        first, second = inputs
        self.decoders = nn.ModuleDict(
            {first: nn.Linear(code_size, inputs[second]), second: nn.Linear(code_size, inputs[first])}
        )
        self.semantic = nn.Linear(sizes.semantics, code_size) if learned else nn.Identity()
        self.dropout = nn.Dropout(dropout)
        xavier(self)

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, K) codes; dropout acts in training mode only."""
        if modality not in self.encoders:
            known = " or ".join(self.encoders)
            raise BadInputError(f"there is no encoder for modality '{modality}'.", f"embed items of modality {known}.")
        return self.dropout(self.encoders[modality](self.scaling[modality](features)))


class SemanticSpace(HeadMethod):
    """Both modalities' codes drawn to class vectors, to each other and apart by class; every loss can be off."""

    Config = SemanticSpaceConfig
    config: SemanticSpaceConfig
    distance = "euclidean"

    @property
    def anchors(self) -> Anchors:
        """Which modality anchors triplets."""
        return "both"

    def semantic_size(self, task: Task) -> int:
        """Length of the seen classes' vectors."""
        return class_semantics(self.config.semantics, task.seen).shape[1]

    def network(self, sizes: Sizes) -> SemanticSpaceNet:
        """Codes have the size of the class vectors, or the learned size."""
        learned = self.config.learned_size
        net = SemanticSpaceNet(sizes, learned or sizes.semantics, learned is not None, self.config.dropout)
        if self.config.same_start:
            same_start(net.encoders)
        return net

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, FeatureTable]) -> None:
        """Looks up the class vectors, and measures features where they are to be standardised."""
        if self.config.standardise:
            for modality, table in tables.items():
                self.net.scaling[modality].measure(table.features)
        vectors = torch.from_numpy(class_semantics(self.config.semantics, pool.classes))
        self._vectors = vectors.to(self.device, self.dtype)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """The five terms; x is a photo's features, y a sketch's (in other data, the first and the second modality)."""
        net, (first, second) = self.net, self.net.encoders
        x, y = batch[first], batch[second]  # (N, D)
        a, b = net.encode(first, x), net.encode(second, y)  # (N, K)
        return WeightedSum(vars(self.config.losses))(
            latent=lambda: cross_modal_latent(a, b, net.semantic(self._vectors)[batch.labels]),
            triplet=lambda: cross_modal_triplet(
                *(a, b, net.encode(first, batch.other(first)), net.encode(second, batch.other(second))),
                *(self.config.margin, self.anchors),
            ),
            classification=lambda: cross_modal_classification(
                net.classifiers[first](a), net.classifiers[second](b), batch.labels
            ),
            reconstruction=lambda: cross_reconstruction(
                net.decoders[first](a), y, torch.relu(net.decoders[second](b)), x
            ),
            norm=lambda: norm_regulariser([layer.weight for layer in net.encoders.values()]),
        )
