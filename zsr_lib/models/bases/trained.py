"""What systems share that train networks by the common loop: batches, validation, codes.

A system names its layers in `network` and its terms in `loss`; on what it trains (features, pixels) is its base's.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.evaluation.protocols import Protocol
from zsr_lib.evaluation.score import evaluate
from zsr_lib.evaluation.sides import Side
from zsr_lib.models.bases.batch import Batch, Sizes, Table, on_rows
from zsr_lib.models.bases.chunks import in_chunks
from zsr_lib.models.bases.pool import Pool, pool_of
from zsr_lib.models.method import Method
from zsr_lib.training.config import Run
from zsr_lib.training.history import History, with_tuning
from zsr_lib.training.loop import train
from zsr_lib.training.optimised import Optimised
from zsr_lib.training.sampling import ClassPairs, PairRows, PartnerRows

CHOOSE_BY = "AP@all/std"
"""What the kept state is chosen by, on validation classes."""


class TrainedMethod(Method):
    """A network trained on the seen classes and chosen on the validation classes.

    Attributes:
        net: The network; None before `fit`.
    """

    config: Any
    net: nn.Module | None
    chunk: ClassVar[int | None] = None
    """Items encoded at once; None: as many as `zsr_lib.models.bases.chunks` says."""

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self.net = None

    @abstractmethod
    def network(self, sizes: Sizes) -> nn.Module:
        """A new network with `encode(modality, inputs)`: (N, …) inputs → (N, K) codes."""

    @abstractmethod
    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """The terms that are minimised, each a scalar, by name; a parameter `step` is told the step, from 0."""

    def players(self) -> Mapping[str, Optimised]:
        """What has an optimiser of its own, in turn, with its losses of a `Batch`: the network, for most systems."""
        return {"": Optimised(self.net, self.loss)}

    @abstractmethod
    def table(self, items: ItemSet, run: Run) -> Table:
        """The inputs of training items, on the training device."""

    @abstractmethod
    def rows(self, items: ItemSet) -> np.ndarray:
        """(N, …) what is encoded of items: features or pixels."""

    @abstractmethod
    def as_input(self, modality: str, rows: np.ndarray) -> Tensor:
        """(B, …) network inputs on the device."""

    def prepare(self, task: Task, run: Run) -> Mapping[str, History]:
        """What is trained before the network, by name; nothing, unless a base says otherwise."""
        return {}

    def pool(self, task: Task) -> Pool:
        """What is trained on.

        Raises:
            BadInputError: A class has no items of a modality.
        """
        return pool_of(task)

    def first_stages(self, pool: Pool, tables: Mapping[str, Table], run: Run) -> Mapping[str, History]:
        """Trains parts of the network before all of it, once it is `ready`; nothing, unless a system has such stages.

        Returns:
            What happened, by name of the stage.
        """
        return {}

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, Table]) -> None:
        """Fixes what the losses need before the first step (class vectors, statistics); `net` exists."""

    def semantic_size(self, task: Task) -> int:
        """Length of the class vectors that the network is built for; 0 where there are none."""
        return 0

    update: ClassVar[Callable[..., None] | None] = None
    """What moves without a gradient (see `zsr_lib.training.loop.train`): a method ``update(self, step)``."""

    together: ClassVar[int] = 1
    """Items of a class that stand next to each other in a batch."""
    partners: ClassVar[bool] = False
    """Whether a batch holds partner items, as `Pool.partners` has them, instead of items of one class."""

    def batches(self, pool: Pool, seed: int) -> Callable[[int], PairRows]:
        """Number of a batch → its rows: every class equally often, or pair after pair where partners are asked for.

        Raises:
            BadInputError: The data are too few for a batch, or name no partners.
        """
        size = self.config.training.batch_size
        if self.partners:
            return PartnerRows(*pool.partners(), size, seed)
        labels = {items.modality: pool.labels(items) for items in pool}
        return ClassPairs(labels, size, seed, each=self.together)

    def build(self, **sizes: Any) -> None:
        """Makes the network."""
        self.net = self.network(Sizes(**sizes)).to(self.dtype)

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Trains on seen classes; keeps the state that ranks the validation classes best where these exist.

        Raises:
            BadInputError: A class has no items of a modality, or a batch is larger than the data.
            TrainingError: A loss is not finite.
        """
        self._parts = {}
        tuning = self.prepare(task, run)
        pool = self.pool(task)
        self.record("heads", task.seen)
        if chosen_by := self.chosen_by(task):
            self.record("model selection", chosen_by)
        tables = {items.modality: self.table(items, run) for items in pool}
        sizes = {modality: table.size for modality, table in tables.items()}
        self.begin(run, features=sizes, classes=len(pool.classes), semantics=self.semantic_size(task))
        self.ready(task, pool, tables)
        first = self.first_stages(pool, tables, run)
        draw, validate = self.batches(pool, run.seed), self._validation(task) if chosen_by else None
        parts = {key: on_rows(each, tables) for key, each in self.players().items()}
        history = train(parts, draw, None, self.config.training, run, validate, self.name or "training", self.update)
        return with_tuning(History.joined({**first, "": history}) if first else history, tuning)

    @property
    def dtype(self) -> torch.dtype:
        """What the network computes in.

        In float64, processors that add in another order differ in digits that no rank depends on: a number then is
        the same everywhere, where 300 steps in float32 end 1e-7 to 1e-3 apart.
        """
        return torch.float64 if self.config.training.precision == "float64" else torch.float32

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, K) float32 codes.

        Raises:
            BadInputError: Not fitted.
        """
        return self.encoded(items, "encode")

    def encoded(self, items: ItemSet, how: str) -> np.ndarray:
        """(N, …) float32 what a method of the network, called ``how(modality, inputs)``, makes of items.

        Raises:
            BadInputError: Not fitted.
        """
        if self.net is None:
            raise self.not_fitted()
        self.net.eval()

        def encode(rows: np.ndarray) -> np.ndarray:
            """(B, …) of one chunk."""
            made = getattr(self.net, how)(items.modality, self.as_input(items.modality, rows))
            return made.float().cpu().numpy()

        with torch.inference_mode():
            return in_chunks(encode, self.rows(items), self.chunk)

    def chosen_by(self, task: Task) -> tuple[str, ...]:
        """Classes whose ranking chooses the state that is kept; (): the last one is."""
        return task.validation if self.config.training.validate_every > 0 else ()

    def validation_items(self, task: Task) -> tuple[ItemSet, ItemSet]:
        """Queries and gallery of the validation classes: sketches and photos, or the last and the first modality."""
        first, *_, last = pool_of(task, "validation")
        return last, first

    def _validation(self, task: Task) -> Callable[[], float]:
        """AP@all/std of the validation classes' queries in their gallery."""
        both = self.validation_items(task)

        def score() -> float:
            """Of the network as it is."""
            sides = [Side(self.embed(items), items.class_names) for items in both]
            return evaluate(*sides, [CHOOSE_BY], Protocol(distance=self.distance), device=self.device).micro(CHOOSE_BY)

        return score
