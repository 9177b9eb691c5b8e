"""CrossATNet: a teacher that looks at sketch, photo and class vector at once, and a student that needs none beside.

Chaudhuri, Banerjee, Bhattacharya and Datcu, "CrossATNet - a novel cross-attention based framework for sketch-based
image retrieval", Image and Vision Computing 104, 2020; METHODS.md §3.4. Stated are a cross-modal triplet, attention in
which the sketch guides the photo's features, graph convolutions over class vectors, and optional hash codes. Sizes,
equations and weights are not stated. Chosen here, after the group's nearest released program (`test11.py`):

- encoders F → 128 → 64, in both with a normalisation of each item's own 128 numbers between (the program normalises the
  photos' over the batch); triplets of Euclidean distances with margin 1 (there squared, 0.5);
- weights as in this house's ZSCMR, means over 64 numbers of a code and some 1700 of a feature (0.1, 0.1, 0.01, 1, 1);
- attention on these 128 numbers: h_photo ⊙ σ(A h_sketch) + h_photo, with a sketch of the same class;
- a gate by the class, h + h ⊙ σ(W g_c), where g_c comes from the graph, and decoders of the other modality's features.
  As in the program, the gate tells the classifier and the semantic term the label, so that both can be met by codes
  that know nothing; of the terms only the triplet acts on the codes h themselves, which are what is retrieved by;
- the student is trained with the teacher and not after it, towards codes that do not move for it;
- no domain classifier: the paper's summary does not name one. Hash codes are this system within ``binary`` with
  ``how: sign, centre: false``, and `quantisation` draws the student's numbers to −1 and 1 for that.
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
from zsr_lib.losses.latent import cross_modal_latent, latent
from zsr_lib.losses.quantisation import quantisation
from zsr_lib.losses.reconstruction import cross_reconstruction
from zsr_lib.losses.triplet import cross_modal_triplet
from zsr_lib.losses.weighted import WeightedSum
from zsr_lib.models.bases.heads import HeadMethod
from zsr_lib.models.bases.initialisation import xavier
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.scaling import Scaling
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.cross_modal.class_graph import GraphNet, class_graph
from zsr_lib.models.cross_modal.two_stages_net import two_of
from zsr_lib.training.config import TrainingConfig
from zsr_lib.training.sources import FeatureTable

HIDDEN = 128


@dataclass(frozen=True)
class CrossAtNetLosses:
    """Weights; 0 switches a term off.

    Attributes:
        classification: Both teachers' gated codes name the class.
        triplet: Teachers' codes, both modalities anchor.
        semantic: Gated codes towards what the graph makes of their class.
        reconstruction: Each modality's standardised features from the other's gated code.
        distillation: Students' codes towards their teachers'.
        quantisation: Students' numbers towards −1 and 1, for hash codes.
    """

    classification: float = 1.0
    triplet: float = 1.0
    semantic: float = 0.0156
    reconstruction: float = 0.0006
    distillation: float = 1.0
    quantisation: float = 0.0


@dataclass(frozen=True)
class CrossAtNetConfig:
    """Options.

    Attributes:
        features: Backbone, weights, input size.
        semantics: Kind of class vectors (`zsr_lib.data.semantics`).
        code_size: Numbers of a code.
        neighbours: Classes that each is joined to in the graph.
        margin: Of the triplets, Euclidean distance.
        attention: Whether sketches guide photos.
        losses: Weights.
        training: Teachers and students together.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    semantics: Literal["wordvectors", "attributes", "onehot", "random"] = "wordvectors"
    code_size: int = 64
    neighbours: int = 3
    margin: float = 1.0
    attention: bool = True
    losses: CrossAtNetLosses = field(default_factory=CrossAtNetLosses)
    training: TrainingConfig = field(default_factory=lambda: TrainingConfig(steps=300, batch_size=128))


class Encoder(nn.Module):
    """Features → 128 numbers, normalised → K, with room between for attention."""

    def __init__(self, size: int, code_size: int) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Linear(size, HIDDEN), nn.LayerNorm(HIDDEN))
        self.second = nn.Linear(HIDDEN, code_size)

    def forward(self, features: Tensor) -> Tensor:
        """(N, D) → (N, K)."""
        return self.second(self.first(features))


class CrossAtNetNet(nn.Module):
    """Teachers, students, the graph's convolutions, a gate, classifiers and decoders."""

    def __init__(self, sizes: Sizes, code_size: int) -> None:
        super().__init__()
        inputs, (first, second) = sizes.features, two_of(sizes.features)
        self.scaling = nn.ModuleDict({name: Scaling(size, floor=1e-3) for name, size in inputs.items()})
        self.teachers = nn.ModuleDict({name: Encoder(size, code_size) for name, size in inputs.items()})
        self.students = nn.ModuleDict({name: Encoder(size, code_size) for name, size in inputs.items()})
        self.attention = nn.Linear(HIDDEN, HIDDEN)
        self.graph = GraphNet(sizes.semantics, HIDDEN, code_size)
        self.gate = nn.Linear(code_size, code_size)
        self.classifiers = nn.ModuleDict({name: nn.Linear(code_size, sizes.classes) for name in inputs})
        self.decoders = nn.ModuleDict(
            {first: nn.Linear(code_size, inputs[second]), second: nn.Linear(code_size, inputs[first])}
        )
        xavier(self)

    def taught(self, x: Tensor, y: Tensor, attention: bool) -> tuple[Tensor, Tensor]:
        """(N, D), (N, E) features of photos and of sketches of their classes → the teachers' (N, K) codes."""
        photo, sketch = self.teachers.values()
        seen, drawn = photo.first(x), sketch.first(y)  # (N, 128)
        looked = seen * torch.sigmoid(self.attention(drawn)) + seen if attention else seen
        return photo.second(looked), sketch.second(drawn)

    def gated(self, codes: Tensor, classes: Tensor) -> Tensor:
        """(N, K) codes, let through as the (N, K) vectors of their classes say."""
        return codes + codes * torch.sigmoid(self.gate(classes))

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, K) codes of the student."""
        if modality not in self.students:
            known = " or ".join(self.students)
            raise BadInputError(f"there is no encoder for modality '{modality}'.", f"embed items of modality {known}.")
        return self.students[modality](self.scaling[modality](features))


class CrossAtNet(HeadMethod):
    """CrossATNet on features; a code needs neither a class vector nor a partner."""

    Config = CrossAtNetConfig
    config: CrossAtNetConfig
    distance = "euclidean"

    def semantic_size(self, task: Task) -> int:
        """Length of the seen classes' vectors."""
        return class_semantics(self.config.semantics, task.seen).shape[1]

    def network(self, sizes: Sizes) -> CrossAtNetNet:
        """Codes have the size that the options say."""
        return CrossAtNetNet(sizes, self.config.code_size)

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, FeatureTable]) -> None:
        """Measures features, and joins the seen classes to a graph."""
        for modality, table in tables.items():
            self.net.scaling[modality].measure(table.features)
        vectors = torch.from_numpy(class_semantics(self.config.semantics, pool.classes))
        self._vectors = vectors.to(self.device, self.dtype)
        self._graph = class_graph(self._vectors, self.config.neighbours)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """The six terms."""
        net, (first, second), labels = self.net, self.net.teachers, batch.labels
        x, y = (net.scaling[name](batch[name]) for name in (first, second))  # (N, D), (N, E)
        a, b = net.taught(x, y, self.config.attention)  # (N, K)
        classes = net.graph(self._graph, self._vectors)[labels]  # (N, K)
        gated = [net.gated(each, classes) for each in (a, b)]
        students = [net.students[name](each) for name, each in ((first, x), (second, y))]
        heads, decoders = net.classifiers.values(), net.decoders.values()
        logits = [head(each) for head, each in zip(heads, gated, strict=True)]
        decoded = [decoder(each) for decoder, each in zip(decoders, gated, strict=True)]
        return WeightedSum(vars(self.config.losses))(
            classification=lambda: cross_modal_classification(*logits, labels),
            triplet=lambda: cross_modal_triplet(a, b, *self._others(batch), self.config.margin, "both"),
            semantic=lambda: cross_modal_latent(*gated, classes),
            reconstruction=lambda: cross_reconstruction(decoded[0], y, decoded[1], x),
            distillation=lambda: latent(torch.cat(students), torch.cat([a, b]).detach()),
            quantisation=lambda: quantisation(torch.cat(students)),
        )

    def _others(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Teachers' codes of other classes."""
        others = [self.net.scaling[name](batch.other(name)) for name in self.net.teachers]
        return self.net.taught(*others, self.config.attention)
