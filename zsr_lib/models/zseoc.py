"""ZSEoC: one linear encoder per modality into a space tied to class vectors.

Chaudhuri, Banerjee, Bhattacharya and Datcu, "A Zero-Shot Sketch-based Inter-Modal Object Retrieval Scheme for Remote
Sensing Images", arXiv:2008.05225, 2020. Two variants: *fixed* class vectors as targets (300-d word vectors), and
*learned* ones, a linear map of the class vectors that is trained jointly (128-d).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn

from zsr_lib.data.semantics import class_semantics
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.finetune_config import FinetuneConfig
from zsr_lib.losses.classification import cross_modal_classification
from zsr_lib.losses.latent import cross_modal_latent
from zsr_lib.losses.norm import norm_regulariser
from zsr_lib.losses.reconstruction import cross_reconstruction
from zsr_lib.losses.triplet import cross_modal_triplet
from zsr_lib.losses.weighted import WeightedSum
from zsr_lib.models.heads import HeadMethod, Sizes
from zsr_lib.models.scaling import Scaling
from zsr_lib.models.training_data import Pool
from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.sampling import ClassPairs, PairBatch


@dataclass(frozen=True)
class LossWeights:
    """Weight of each term; 0 switches it off. The paper prints a plain sum.

    Attributes:
        latent: Codes towards the class vector of their class.
        triplet: A photo nearer to a sketch of its class than to one of another class, and the reverse.
        classification: Cross-entropy over the seen classes.
        reconstruction: Each modality's features from the other's code.
        norm: Norm of each encoder's weights towards 1 (from CMIR-Net; not in the paper).
    """

    latent: float = 1.0
    triplet: float = 1.0
    classification: float = 1.0
    reconstruction: float = 1.0
    norm: float = 0.0


@dataclass(frozen=True)
class ZseocConfig:
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
        standardise: Standardise features per modality on seen classes first (not in the paper).
        same_start: Both encoders start from the same random weights, so that codes of both modalities are comparable
            before the first step (not in the paper; needs features of one size).
        training: Steps, batches, optimiser.
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


class ZseocNet(nn.Module):
    """Encoders, classifiers and cross decoders, all linear."""

    def __init__(self, sizes: Sizes, code_size: int, learned: bool, dropout: float) -> None:
        super().__init__()
        inputs = sizes.features
        self.scaling = nn.ModuleDict({name: Scaling(size) for name, size in inputs.items()})
        self.encoders = nn.ModuleDict({name: nn.Linear(size, code_size) for name, size in inputs.items()})
        self.classifiers = nn.ModuleDict({name: nn.Linear(code_size, sizes.classes) for name in inputs})
        # A photo's code must yield the features of a sketch, and the reverse.
        self.decoders = nn.ModuleDict(
            {"photo": nn.Linear(code_size, inputs["sketch"]), "sketch": nn.Linear(code_size, inputs["photo"])}
        )
        self.semantic = nn.Linear(sizes.semantics, code_size) if learned else nn.Identity()
        self.dropout = nn.Dropout(dropout)
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, K) codes; dropout acts in training mode only."""
        if modality not in self.encoders:
            raise BadInputError(f"there is no encoder for modality '{modality}'.", "embed photos or sketches.")
        return self.dropout(self.encoders[modality](self.scaling[modality](features)))


class Zseoc(HeadMethod):
    """ZSEoC as the paper's slides describe it; every loss can be switched off."""

    Config = ZseocConfig
    config: ZseocConfig
    distance = "euclidean"

    def semantic_size(self, task: Task) -> int:
        """Length of the seen classes' vectors."""
        return class_semantics(self.config.semantics, task.seen).shape[1]

    def network(self, sizes: Sizes) -> ZseocNet:
        """Codes have the size of the class vectors, or the learned size."""
        learned = self.config.learned_size
        net = ZseocNet(sizes, learned or sizes.semantics, learned is not None, self.config.dropout)
        if self.config.same_start:
            same_start(net.encoders, sizes)
        return net

    def objective(self, task: Task, pool: Pool, run: Run) -> tuple[Callable[[int], PairBatch], Callable[..., dict]]:
        """Pairs of one class with a photo and a sketch of others; the five terms."""
        config, net = self.config, self.net
        photos, sketches = self.table(pool.photos, run), self.table(pool.sketches, run)
        if config.standardise:
            for table, modality in ((photos, "photo"), (sketches, "sketch")):
                net.scaling[modality].measure(table)
        vectors = torch.from_numpy(class_semantics(config.semantics, pool.classes)).to(run.device)
        batches = ClassPairs(pool.labels(pool.photos), pool.labels(pool.sketches), config.training.batch_size, run.seed)
        total = WeightedSum(vars(config.losses))

        def losses(batch: PairBatch) -> dict[str, Tensor]:
            photo, sketch = photos[batch.photo], sketches[batch.sketch]
            a, b = net.encode("photo", photo), net.encode("sketch", sketch)
            labels = torch.as_tensor(batch.labels, device=run.device)
            return total(
                latent=lambda: cross_modal_latent(a, b, net.semantic(vectors)[labels]),
                triplet=lambda: cross_modal_triplet(
                    a,
                    b,
                    net.encode("photo", photos[batch.other_photo]),
                    net.encode("sketch", sketches[batch.other_sketch]),
                    config.margin,
                ),
                classification=lambda: cross_modal_classification(
                    net.classifiers["photo"](a), net.classifiers["sketch"](b), labels
                ),
                reconstruction=lambda: cross_reconstruction(
                    net.decoders["photo"](a), sketch, torch.relu(net.decoders["sketch"](b)), photo
                ),
                norm=lambda: norm_regulariser([layer.weight for layer in net.encoders.values()]),
            )

        return batches, losses


def same_start(encoders: nn.ModuleDict, sizes: Sizes) -> None:
    """Gives every encoder the first one's weights.

    Raises:
        BadInputError: The modalities' features differ in size.
    """
    if len(set(sizes.features.values())) > 1:
        raise BadInputError(
            f"same_start: encoders of features of different sizes ({dict(sizes.features)}) cannot start alike.",
            "use one backbone for both modalities, or same_start: false.",
        )
    first, *others = encoders.values()
    for other in others:
        other.load_state_dict(first.state_dict())
