"""SAE: one semantic auto-encoder per modality, solved in closed form; the reference among zero-shot baselines.

Kodirov, Xiang and Gong, "Semantic Autoencoder for Zero-Shot Learning", CVPR 2017. A linear encoder maps features to
class vectors and its transpose maps them back. For retrieval across modalities each gets an encoder of its own, fitted
on the seen classes; codes of unseen classes are compared by cosine distance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch

from zsr_lib.data.items import ItemSet
from zsr_lib.data.semantics import class_semantics
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.finetune_config import FinetuneConfig
from zsr_lib.models.chunks import in_chunks
from zsr_lib.models.on_features import FeatureMethod, with_stage_one
from zsr_lib.models.scaling import Scaling
from zsr_lib.models.training_data import pool_of
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


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

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self._scaling: dict[str, Scaling] = {}
        self._encoders: dict[str, torch.Tensor] = {}
        self._classes: tuple[str, ...] = ()

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Solves for both modalities' encoders on the seen classes.

        Raises:
            BadInputError: A class has no training sketch or photo.
        """
        tuning, pool = self.prepare(task, run), pool_of(task)
        self._classes = pool.classes
        vectors = unit_rows(class_semantics(self.config.semantics, pool.classes))
        for items in (pool.photos, pool.sketches):
            features = torch.from_numpy(self.features_of(items, run.progress))
            self._scaling[items.modality] = scaling = Scaling(features.shape[1])
            if self.config.standardise:
                scaling.measure(features)
            encoder = semantic_autoencoder(
                unit_rows(scaling(features).numpy()), vectors[pool.labels(items)], self.config.weight
            )
            self._encoders[items.modality] = torch.from_numpy(encoder.astype(np.float32))
        return with_stage_one(History(), tuning)

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, K) float32 codes, K the length of the class vectors.

        Raises:
            BadInputError: Not fitted, or not for this modality.
        """
        if items.modality not in self._encoders:
            raise BadInputError(f"there is no encoder for modality '{items.modality}'.", "call fit(task) first.")
        scaling, encoder = self._scaling[items.modality], self._encoders[items.modality].numpy()
        return in_chunks(
            lambda rows: unit_rows(scaling(torch.from_numpy(rows)).numpy()) @ encoder.T, self.features_of(items)
        )

    def trained_parts(self) -> tuple[TrainedPart, ...]:
        """The encoders, and the backbone if it was fine-tuned."""
        return (*super().trained_parts(), TrainedPart("semantic auto-encoders", self._classes))

    def state(self) -> dict[str, torch.Tensor]:
        """Encoder, mean and scale of each modality, and a fine-tuned backbone's tensors."""
        own = {f"encoder.{name}": encoder for name, encoder in self._encoders.items()}
        for name, scaling in self._scaling.items():
            own |= {f"scaling.{name}.{key}": value for key, value in scaling.state_dict().items()}
        return super().state() | own

    def about(self) -> dict[str, Any]:
        """The classes behind the encoders, beside what all systems on features say."""
        return super().about() | {"classes": list(self._classes)}

    def restore(self, state: Mapping[str, torch.Tensor], about: Mapping[str, Any]) -> None:
        """Takes the encoders back."""
        super().restore(state, about)
        self._classes = tuple(about["classes"])
        for name in about["feature_keys"]:
            self._encoders[name] = state[f"encoder.{name}"]
            self._scaling[name] = scaling = Scaling(self._encoders[name].shape[1])
            scaling.load_state_dict({key: state[f"scaling.{name}.{key}"] for key in ("mean", "scale")})


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
