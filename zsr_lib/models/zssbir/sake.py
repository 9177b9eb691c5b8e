"""SAKE: who learns to name the seen classes goes on saying of a photo what ImageNet's classifier said of it.

Liu, Xie, Wang and Yuille, "Semantic-Aware Knowledge Preservation for Zero-Shot Sketch-Based Image Retrieval", ICCV
2019. One conditional encoder for both modalities makes a short code; one classifier on the code names the seen class,
another the teacher's 1000, and encoder and second classifier start as a truncated singular value decomposition of the
teacher's last layer. What the second is taught is the teacher's answer to the photo, and to photos of classes with a
near name.

Here features are frozen, so the teacher's answer is its own last layer on them, and the encoder is one conditional
layer (`zsr_lib.models.zssbir.conditional`); with `finetune` the backbone is trained first, as a classifier. The paper
takes WordNet's similarities of a seen class to each of the 1000. WordNet is not at hand, and there are word vectors of
the data sets' own classes only: A[y] is the mean answer to photos of the seen classes, weighted by their names' cosine
with y's, where it is positive. Batches hold as many photos as sketches (the paper: twice as many).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.features.backbones import pretrained_classifier
from zsr_lib.losses.classification import classification
from zsr_lib.losses.distillation import distillation
from zsr_lib.losses.weighted import WeightedSum
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.zssbir.conditional import ConditionalEncoder
from zsr_lib.models.zssbir.words import AlignedNet, WithWords, WordsConfig
from zsr_lib.training.config import TrainingConfig
from zsr_lib.training.sources import FeatureTable


@dataclass(frozen=True)
class SakeConfig(WordsConfig):
    """The options of `WordsConfig`, and more.

    Attributes:
        code_size: Size of the codes; the paper has 64 and 512.
        reduction: Of the conditional block.
        told: Whether the block is given the modality's flag.
        knowledge: Weight of what the teacher says against naming the seen classes; 0 needs no teacher.
        own: Weight of the teacher's answer to the photo itself.
        similar: Weight of its answers to photos of classes with a near name.
        training: Steps, batches, optimiser.

    Raises:
        BadInputError: A weight is negative.
    """

    code_size: int = 64
    reduction: int = 16
    told: bool = True
    knowledge: float = 1.0
    own: float = 1.0
    similar: float = 0.3
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            steps=10_000,
            batch_size=40,
            learning_rate=1e-4,
            weight_decay=5e-4,
            schedule="exponential",
            decay=0.001,
            decay_every=10_000,
        )
    )

    def __post_init__(self) -> None:
        for name in ("knowledge", "own", "similar"):
            if getattr(self, name) < 0:
                raise BadInputError(f"{name} is {getattr(self, name)}.", "give 0 or more.")


class SakeNet(AlignedNet):
    """A conditional encoder, and two classifiers of its codes; without a teacher, the one of the seen classes."""

    def __init__(self, sizes: Sizes, config: SakeConfig, known: int) -> None:
        super().__init__(sizes)
        self.encoder = ConditionalEncoder(sizes.features, config.code_size, config.reduction, config.told)
        self.seen = nn.Linear(config.code_size, sizes.classes)
        self.known = nn.Linear(config.code_size, known) if known else None

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, K) codes."""
        return self.encoder(modality, self.scaling(modality, features))

    @torch.no_grad()
    def start_as(self, weight: Tensor, bias: Tensor, modality: str) -> None:
        """Encoder and classifier become the two factors of the best layer of low rank, for a modality's features.

        Args:
            weight: (C, D) of the teacher's last layer.
            bias: (C,).
            modality: Whose features, scaled as they are here, shall be answered as the teacher does.
        """
        scaling = self.scaling[modality]
        left, values, right = factors(weight * scaling.scale, self.encoder.project.out_features)
        self.encoder.project.weight.copy_(values.sqrt()[:, None] * right)
        self.encoder.project.bias.zero_()
        self.known.weight.copy_(left * values.sqrt())
        self.known.bias.copy_(bias + weight @ scaling.mean)


class Sake(WithWords):
    """Seen classes are named, and the teacher's answers kept; cosine distance."""

    Config = SakeConfig
    config: SakeConfig

    def network(self, sizes: Sizes) -> SakeNet:
        """As many known classes as the teacher's last layer has."""
        self._teacher = self.teacher() if self.config.knowledge else None
        return SakeNet(sizes, self.config, len(self._teacher[1]) if self._teacher else 0)

    def teacher(self) -> tuple[Tensor, Tensor]:
        """(C, D) weight and (C,) bias of the pretrained network's last layer, on the device."""
        layer = pretrained_classifier(self.config.features)
        return tuple(each.detach().to(self.device, self.dtype) for each in (layer.weight, layer.bias))

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, FeatureTable]) -> None:
        """Asks the teacher about each class's photos, and starts from its last layer."""
        super().ready(task, pool, tables)
        if self._teacher is None:
            return
        photos = next(iter(pool))
        self._photo = photos.modality
        self.net.start_as(*self._teacher, self._photo)
        labels = torch.from_numpy(pool.labels(photos)).to(self.device)
        means = class_means(self.answers(tables[self._photo].features), labels, len(pool.classes))
        near = (self._vectors @ self._vectors.T).relu()
        self._similar = near / near.sum(dim=1, keepdim=True).clamp(min=1e-12) @ means  # (C, known)

    def answers(self, features: Tensor) -> Tensor:
        """(N, D) features, not scaled → (N, known) logits."""
        weight, bias = self._teacher
        return features @ weight.T + bias

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Both modalities' classes; of photos, what the teacher says."""
        net, config = self.net, self.config
        codes = {name: net.encode(name, batch[name]) for name in net.scaling}  # (N, K)
        every, labels = torch.cat(list(codes.values())), batch.labels.repeat(len(codes))

        def knowledge() -> Tensor:
            """What the teacher says of the photos, and which classes are alike."""
            said = config.own * self.answers(batch[self._photo]) + config.similar * self._similar[batch.labels]
            return distillation(net.known(codes[self._photo]), said)

        weights = {"classification": 1.0, "knowledge": config.knowledge}
        return WeightedSum(weights)(classification=lambda: classification(net.seen(every), labels), knowledge=knowledge)


def factors(matrix: Tensor, rank: int) -> tuple[Tensor, Tensor, Tensor]:
    """(C, D) → (C, K), (K,), (K, D): the largest singular values and their directions, with signs that a rule fixes.

    A direction's sign is the solver's choice; here its largest entry is positive. Where the matrix has fewer than K
    singular values, the rest are zeros.
    """
    left, values, right = torch.linalg.svd(matrix, full_matrices=False)
    left, values, right = left[:, :rank], values[:rank], right[:rank]
    largest = right.gather(1, right.abs().argmax(dim=1, keepdim=True)).sign()  # (K, 1)
    missing = rank - len(values)
    pad = torch.nn.functional.pad
    return pad(left * largest.T, (0, missing)), pad(values, (0, missing)), pad(right * largest, (0, 0, 0, missing))


def class_means(rows: Tensor, labels: Tensor, count: int) -> Tensor:
    """(N, D) rows and (N,) labels → (count, D) the mean of each class."""
    member = torch.nn.functional.one_hot(labels, count).to(rows.dtype)  # (N, C)
    return member.T @ rows / member.sum(dim=0)[:, None].clamp(min=1)
