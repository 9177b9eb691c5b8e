"""SAE: one semantic auto-encoder per modality, solved in closed form; the reference among zero-shot baselines.

Kodirov, Xiang and Gong, "Semantic Autoencoder for Zero-Shot Learning", CVPR 2017. A linear encoder maps features to
class vectors and its transpose maps them back. For retrieval across modalities each gets an encoder of its own, fitted
on the seen classes; codes of unseen classes are compared by cosine distance.
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
from zsr_lib.models.tuning.config import FinetuneConfig
from zsr_lib.training.config import Run
from zsr_lib.training.history import History, with_tuning


@dataclass(frozen=True)
class SaeConfig:
    """Options.

    Attributes:
        features: Backbone, weights, input size.
        finetune: Stage one: the backbone is trained as a classifier first; None leaves it as it is.
        semantics: Kind of class vectors (`zsr_lib.data.semantics`).
        weight: λ, of encoding against decoding. The 500 000 of the authors' demonstration go with its own scaling of
            features (`semantic_autoencoder` says how the two are related).
        standardise: Standardise features per modality on seen classes before they get unit length (not in the paper).

    Raises:
        BadInputError: `weight` is not positive.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    finetune: FinetuneConfig | None = None
    semantics: Literal["wordvectors", "attributes", "onehot", "random"] = "wordvectors"
    weight: float = 1.0
    standardise: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.weight < np.inf:
            raise BadInputError(f"weight is {self.weight}.", "give a number above 0.")


class Sae(FeatureMethod):
    """``W_modality · features`` with W from a Sylvester equation; features and class vectors have unit length."""

    Config = SaeConfig
    config: SaeConfig

    def build(self, features: Mapping[str, int], semantics: int) -> None:
        """Makes a standardisation and an encoder for each modality."""
        self.scaling = nn.ModuleDict({name: Scaling(size) for name, size in features.items()})
        blank = {name: torch.zeros(semantics, size) for name, size in features.items()}
        self.encoder = nn.ParameterDict({name: nn.Parameter(each, requires_grad=False) for name, each in blank.items()})

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Solves for each modality's encoder on the seen classes.

        Raises:
            BadInputError: A class has no training sketch or photo.
        """
        tuning, pool = self.prepare(task, run), pool_of(task)
        vectors = unit_rows(class_semantics(self.config.semantics, pool.classes))
        features = {items.modality: torch.from_numpy(self.features_of(items, run.progress)) for items in pool}
        self.begin(run, features={name: each.shape[1] for name, each in features.items()}, semantics=vectors.shape[1])
        for items in pool:
            own, scaling = features[items.modality], self.scaling[items.modality]
            if self.config.standardise:
                scaling.measure(own)
            targets = vectors[pool.labels(items)]  # (N, K)
            encoder = semantic_autoencoder(unit_rows(scaling(own).numpy()), targets, self.config.weight)
            self.encoder[items.modality].copy_(torch.from_numpy(encoder))
        self.record("semantic auto-encoders", task.seen)
        return with_tuning(History(), tuning)

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, K) float32 codes, K the length of the class vectors.

        Raises:
            BadInputError: Not fitted, or not for this modality.
        """
        if self.sizes is None or items.modality not in self.encoder:
            raise BadInputError(f"there is no encoder for modality '{items.modality}'.", "call fit(task) first.")
        scaling, encoder = self.scaling[items.modality].cpu(), self.encoder[items.modality].cpu().numpy()
        return in_chunks(
            lambda rows: unit_rows(scaling(torch.from_numpy(rows)).numpy()) @ encoder.T, self.features_of(items)
        )


def semantic_autoencoder(features: np.ndarray, vectors: np.ndarray, weight: float) -> np.ndarray:
    """argmin_W ‖X − WᵀS‖_F² + λ ‖W X − S‖_F², with items as columns of X and S.

    Where its gradient vanishes, (S Sᵀ) W + W (λ X Xᵀ) = (1 + λ) S Xᵀ, a Sylvester equation. There are fewer classes
    than S has rows, and the equation is singular outside the space that the class vectors span; it is solved within,
    and W maps nothing to the outside, which is the solution of the least norm.

    Scaling X by s and S by t has the effect of λ s² / t² instead of λ, but for the length of the codes. So a λ means
    something only for features and class vectors of known length; `Sae` gives both unit length.

    Source: Kodirov, Xiang and Gong, CVPR 2017, equations 4 to 7 (github.com/Elyorcv/SAE).

    Args:
        features: (N, D) X, an item a row.
        vectors: (N, K) S, the class vector of each item.
        weight: λ, above 0.

    Returns:
        (K, D) float64 W.
    """
    from scipy.linalg import eigh, orth

    x, s = features.astype(np.float64), vectors.astype(np.float64)
    basis = orth(np.unique(s, axis=0).T)  # (K, r) orthonormal directions
    inside = s @ basis
    # Both sides are symmetric: in their eigenvectors the equation falls apart into one number each.
    left, left_vectors = eigh(inside.T @ inside)
    right, right_vectors = eigh(x.T @ x)
    goal = (1 + weight) * left_vectors.T @ (inside.T @ x) @ right_vectors
    solution = goal / (left[:, None] + weight * right.clip(min=0)[None, :])  # below 0 by rounding only
    return basis @ left_vectors @ solution @ right_vectors.T


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """(N, D) rows divided by their Euclidean length; a row of zeros stays one."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)
