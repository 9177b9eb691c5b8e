"""What systems share that train a small network on features: pools, validation, codes, state."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.evaluation.protocols import Protocol as RetrievalProtocol
from zsr_lib.evaluation.score import evaluate
from zsr_lib.evaluation.sides import Side
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.chunks import in_chunks
from zsr_lib.models.on_features import FeatureMethod, with_stage_one
from zsr_lib.models.training_data import Pool, pool_of
from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.history import History
from zsr_lib.training.loop import train
from zsr_lib.training.randomness import initial_weights, seed_of

CHOOSE_BY = "AP@all/std"
"""What the kept state is chosen by, on validation classes."""


class OnHeads(Protocol):
    """A configuration with features and training."""

    features: FeaturesConfig
    training: TrainingConfig


class Encoder(Protocol):
    """A network that encodes features of one modality."""

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, K) codes."""


@dataclass(frozen=True)
class Sizes:
    """What a network's layers depend on: feature dimensions by modality, number of classes, class-vector length."""

    features: Mapping[str, int]
    classes: int
    semantics: int = 0


class HeadMethod(FeatureMethod):
    """A network on features, trained by the common loop on the seen classes and chosen on the validation classes."""

    config: OnHeads
    net: nn.Module | None = None

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self._classes: dict[str, tuple[str, ...]] = {"seen": (), "validation": ()}
        self._sizes: Sizes | None = None

    @abstractmethod
    def network(self, sizes: Sizes) -> nn.Module:
        """A new network with `encode(modality, features)`."""

    @abstractmethod
    def objective(self, task: Task, pool: Pool, run: Run) -> tuple[Callable[[int], Any], Callable[[Any], dict]]:
        """What the loop needs: ``batches(step)`` and ``losses(batch)``; `self.net` exists."""

    def semantic_size(self, task: Task) -> int:
        """Length of the class vectors that the network is built for; 0 where there are none."""
        return 0

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Trains on seen classes; keeps the state that ranks the validation classes best where these exist.

        Raises:
            BadInputError: A class has no training sketch or photo, or a batch is larger than the data.
            TrainingError: A loss is not finite.
        """
        tuning = self.prepare(task, run)
        pool = pool_of(task)
        self._classes = {"seen": task.seen, "validation": task.validation if self._chooses(task) else ()}
        dimensions = {each.modality: self.extractor(each.modality).dimension for each in (pool.photos, pool.sketches)}
        self._sizes = Sizes(dimensions, len(pool.classes), self.semantic_size(task))
        with initial_weights(seed_of(f"network {run.seed}")):
            self.net = self.network(self._sizes)
        self.net.to(run.device, self.dtype)
        batches, losses = self.objective(task, pool, run)
        validate = self._validation(task) if self._chooses(task) else None
        history = train(self.net, batches, losses, self.config.training, run, validate, name=self.name or "training")
        return with_stage_one(history, tuning)

    @property
    def dtype(self) -> torch.dtype:
        """What the network computes in.

        In float64, processors that add in another order differ in digits that no rank depends on: a number then is
        the same everywhere, where 300 steps in float32 end 1e-7 to 1e-3 apart.
        """
        return torch.float64 if self.config.training.precision == "float64" else torch.float32

    def table(self, items: ItemSet, run: Run) -> Tensor:
        """(N, D) features as one tensor on the training device, in the network's type."""
        return torch.from_numpy(self.features_of(items, run.progress)).to(run.device, self.dtype)

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, K) float32 codes.

        Raises:
            BadInputError: Not fitted.
        """
        if self.net is None:
            raise self._not_fitted()
        self.net.eval()

        def encode(rows: np.ndarray) -> np.ndarray:
            codes = self.net.encode(items.modality, torch.from_numpy(rows).to(self._device, self.dtype))
            return codes.float().cpu().numpy()

        with torch.inference_mode():
            return in_chunks(encode, self.features_of(items))

    def trained_parts(self) -> tuple[TrainedPart, ...]:
        """The heads, the choice of the kept state, and the backbone if it was fine-tuned."""
        parts = (*super().trained_parts(), TrainedPart("heads", self._classes["seen"]))
        chosen = self._classes["validation"]
        return (*parts, TrainedPart("model selection", chosen)) if chosen else parts

    def state(self) -> dict[str, Tensor]:
        """The network's tensors, and those of a fine-tuned backbone."""
        own = {} if self.net is None else {f"net.{name}": value for name, value in self.net.state_dict().items()}
        return super().state() | own

    def about(self) -> dict[str, Any]:
        """Classes and sizes, beside what all systems on features say.

        Raises:
            BadInputError: Not fitted.
        """
        if self._sizes is None:
            raise self._not_fitted()
        sizes = {
            "features": dict(self._sizes.features),
            "classes": self._sizes.classes,
            "semantics": self._sizes.semantics,
        }
        return super().about() | {"classes": {key: list(value) for key, value in self._classes.items()}, "sizes": sizes}

    def restore(self, state: Mapping[str, Tensor], about: Mapping[str, Any]) -> None:
        """Builds the network again and fills it."""
        super().restore(state, about)
        self._classes = {key: tuple(value) for key, value in about["classes"].items()}
        self._sizes = Sizes(**about["sizes"])
        self.net = self.network(self._sizes).to(self.dtype)
        own = {name.removeprefix("net."): value for name, value in state.items() if name.startswith("net.")}
        self.net.load_state_dict(own)

    def to(self, device: str) -> None:
        """Moves the network, too."""
        super().to(device)
        if self.net is not None:
            self.net.to(device)

    def _not_fitted(self) -> BadInputError:
        return BadInputError(f"'{self.name}' is not fitted.", "call fit(task), or load a saved system.")

    def _chooses(self, task: Task) -> bool:
        return bool(task.validation) and self.config.training.validate_every > 0

    def _validation(self, task: Task) -> Callable[[], float]:
        """AP@all/std of the validation classes' sketches in their photos."""
        pool = pool_of(task, "validation")
        # With features attached, each validation need not look them up by their pixels.
        both = [self.extractor(items.modality).attach(items) for items in (pool.sketches, pool.photos)]

        def score() -> float:
            sides = [Side(self.embed(items), items.class_names) for items in both]
            return evaluate(*sides, [CHOOSE_BY], RetrievalProtocol(distance=self.distance)).micro(CHOOSE_BY)

        return score
