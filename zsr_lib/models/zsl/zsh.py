"""ZSH: bits that follow rotated class vectors, given by kernels of features; all in closed form, in turn.

Yang, Luo, Chen, Shen, Shao and Shen, "Zero-shot hashing via transferring supervised knowledge", ACM Multimedia 2016;
METHODS.md §6.9. With class vectors S, kernels K of features, bits B and neighbourhoods L:

    Σ_modalities ‖B − S Rᵀ‖² + α ‖K W − B‖² + β tr((K W)ᵀ L (K W)) + ε ‖W‖²,   R orthonormal.

The paper has one modality; here two share R, and each has kernels and W of its own. Chosen: α, β, ε, the number of
anchors and rounds; the kernels' width, the mean distance to an anchor; class vectors reduced to at most as many
principal directions as there are bits, so that R's step is an orthogonal Procrustes problem, and scaled to the length
of B's rows; neighbourhoods as an anchor graph (Liu, Wang, Kumar and Chang, "Hashing with graphs", ICML 2011), which
never writes out items × items.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from torch import nn

from zsr_lib.data.items import ItemSet
from zsr_lib.data.semantics import class_semantics
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.bases.chunks import in_chunks
from zsr_lib.models.bases.on_features import FeatureMethod
from zsr_lib.models.bases.pool import pool_of
from zsr_lib.models.bases.scaling import Scaling
from zsr_lib.models.hashing.bits import check_bits
from zsr_lib.models.zsl.half_steps import Kernels, Weights, alternate, class_targets, distances
from zsr_lib.rng import rng
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


@dataclass(frozen=True)
class ZshConfig:
    """Options.

    Attributes:
        features: Backbone, weights, input size.
        semantics: Kind of class vectors (`zsr_lib.data.semantics`).
        bits: Of a code.
        anchors: Training items of each modality that kernels are centred on; where there are fewer, all of them.
        kernel_weight: α.
        graph_weight: β.
        near: Anchors that an item is joined to.
        ridge: ε.
        rounds: Of W, R and B.

    Raises:
        BadInputError: `anchors`, `near` or `rounds` is not positive, or a weight is out of range.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    semantics: Literal["wordvectors", "attributes", "onehot", "random"] = "wordvectors"
    bits: int = 64
    anchors: int = 300
    kernel_weight: float = 1.0
    graph_weight: float = 0.01
    near: int = 5
    ridge: float = 1.0
    rounds: int = 10

    def __post_init__(self) -> None:
        if (
            min(self.anchors, self.rounds, self.near) < 1
            or min(self.kernel_weight, self.ridge) <= 0
            or self.graph_weight < 0
        ):
            raise BadInputError(
                "anchors, near, rounds, kernel_weight and ridge must be positive, graph_weight not negative.",
                "leave them out for the usual ones.",
            )


class Zsh(FeatureMethod):
    """Signs of kernels times W, packed."""

    Config = ZshConfig
    config: ZshConfig
    distance = "hamming"

    def build(self, features: Mapping[str, int], anchors: Mapping[str, int]) -> None:
        """Makes room for each modality's statistics, anchors, width and W."""
        self.scaling = nn.ModuleDict({name: Scaling(size) for name, size in features.items()})
        bits, made = self.config.bits, {}
        for name, count in anchors.items():
            shapes = {"anchors": (count, features[name]), "width": (1,), "mean": (count,), "weights": (count, bits)}
            blank = {key: torch.zeros(shape, dtype=torch.float64) for key, shape in shapes.items()}
            made[name] = nn.ParameterDict({key: nn.Parameter(each, False) for key, each in blank.items()})
        self.kernels = nn.ModuleDict(made)

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Alternates between W, R and B on the seen classes.

        Raises:
            BadInputError: A class lacks items or a vector, or there are fewer items than bits.
        """
        self.prepare(task, run)
        pool = pool_of(task)
        check_bits(self.config.bits, pool)
        features = {items.modality: self.features_of(items, run.progress) for items in pool}
        sizes = {name: each.shape[1] for name, each in features.items()}
        counts = {name: min(self.config.anchors, len(each)) for name, each in features.items()}
        self.begin(run, features=sizes, anchors=counts)
        targets = class_targets(class_semantics(self.config.semantics, pool.classes), self.config.bits)
        problems: dict[str, Kernels] = {}
        for place, items in enumerate(pool):
            name = items.modality
            kernel = self._anchored(name, features[name], rng(run.seed, place))  # (N, M)
            centred, wanted = kernel - kernel.mean(axis=0), targets[pool.labels(items)]
            problems[name] = Kernels(centred, kernel, wanted, self.config.near)
        terms = Weights(self.config.kernel_weight, self.config.graph_weight, self.config.ridge)
        weights, values = alternate(problems, self.config.bits, terms, self.config.rounds, run.seed)
        for name, each in weights.items():
            self.kernels[name]["weights"].copy_(torch.from_numpy(each))
        self.record("kernels and rotation", task.seen)
        history = History()
        history.notes["objective"] = values
        return history

    def _anchored(self, name: str, features: np.ndarray, dice: np.random.Generator) -> np.ndarray:
        """Takes anchors among (N, D) features of a modality; (N, M) kernels."""
        self.scaling[name].measure(torch.from_numpy(features))
        scaled, own = self.scaling[name](torch.from_numpy(features)).double().numpy(), self.kernels[name]
        chosen = dice.choice(len(scaled), len(own["anchors"]), replace=False)
        own["anchors"].copy_(torch.from_numpy(scaled[np.sort(chosen)]))
        own["width"].copy_(torch.tensor([distances(scaled, own["anchors"].numpy()).mean()]))
        if not float(own["width"]):
            raise BadInputError(
                f"all {name} items have the same features.", "look at the pictures, or at the backbone."
            )
        kernel = self._kernel(name, features)
        own["mean"].copy_(torch.from_numpy(kernel.mean(axis=0)))
        return kernel

    def _kernel(self, name: str, features: np.ndarray) -> np.ndarray:
        """(N, D) → (N, M) float64 exp(−d² / 2σ²)."""
        own = {key: each.cpu().numpy() for key, each in self.kernels[name].items()}
        scaled = self.scaling[name].cpu()(torch.from_numpy(features)).double().numpy()
        return np.exp(-(distances(scaled, own["anchors"]) ** 2) / (2 * own["width"] ** 2))

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, ⌈bits / 8⌉) uint8 packed bits.

        Raises:
            BadInputError: Not fitted, or not for this modality.
        """
        if self.sizes is None or items.modality not in self.kernels:
            raise BadInputError(f"there are no bits for modality '{items.modality}'.", "call fit(task) first.")
        mean, weights = (self.kernels[items.modality][key].cpu().numpy() for key in ("mean", "weights"))
        values = in_chunks(lambda rows: (self._kernel(items.modality, rows) - mean) @ weights, self.features_of(items))
        return np.packbits(values > 0, axis=1)
