"""The contract that every retrieval system follows, whatever it is inside.

A system may train on pixels, features or tokens, in one stage or several, in closed form, adversarially or without
labels; its codes may be floats or packed bits. Outside, it is fitted on a task and embeds items; who evaluates sees
codes only. It is an ``nn.Module``: whatever `fit` makes is a parameter or a buffer of it, so that saving, loading and
moving to a device are written once, here.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self

import numpy as np
from torch import Tensor, nn

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.training.config import Run
from zsr_lib.training.history import History
from zsr_lib.training.reproducible import initial_weights, seed_of


class Method(nn.Module, ABC):
    """One retrieval system.

    Attributes:
        name: What it is registered as; set by `create`.
        Config: The frozen dataclass of its options; every field has a default.
        distance: The distance that belongs to its codes: one of `zsr_lib.evaluation.codes.DISTANCES`.
        reranks: The directions in which its tokens can rank again; None: any.
        legacy: Whether it reproduces what a released code did otherwise; then leaks are labelled, not refused.
        kept: What a code takes on disk (``length``, ``type``, ``bytes``), where that is less than `embed` shows.
        sizes: What its layers depend on, ready for JSON; None before it is fitted.
        device: Where it computes.
    """

    Config: ClassVar[type]
    distance: str = "cosine"
    reranks: ClassVar[tuple[str, ...] | None] = None
    legacy: bool = False
    kept: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, config: Any = None) -> None:
        super().__init__()
        self.name = ""
        self.config = self.Config() if config is None else config
        if not isinstance(self.config, self.Config):
            raise BadInputError(
                f"{type(self).__name__} takes a {self.Config.__name__}, not {type(config).__name__}.",
                "make methods with create(name, {'option': value}).",
            )
        self.sizes: dict[str, Any] | None = None
        self.device = "cpu"
        self._parts: dict[str, TrainedPart] = {}

    @abstractmethod
    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008 - frozen, so safe to share
        """Trains on the seen classes of a task; validation classes may choose, unseen ones touch nothing.

        Raises:
            BadInputError: The task lacks what this system trains on.
        """

    @abstractmethod
    def embed(self, items: ItemSet) -> np.ndarray:
        """Codes of N items of any modality that the system was fitted for; ``zsr run`` shows it neither labels nor ids.

        Returns:
            (N, D) float32, or (N, B) uint8 packed bits where `distance` is ``hamming``; rows do not depend on
            each other.
        """

    def asked(self, items: ItemSet) -> np.ndarray | None:
        """(N, D) float32 codes of N items as queries, where these are others than what a gallery keeps; None: no."""
        return None

    def tokens(self, items: ItemSet) -> np.ndarray | None:
        """(N, T, D) float32 tokens of N items, from which `rerank` makes its scores; None: there are none."""
        return None

    def rerank(self, query_tokens: np.ndarray, gallery_tokens: np.ndarray, candidates: np.ndarray) -> np.ndarray:
        """Scores of the first K gallery items of each query, which the codes have found.

        Args:
            query_tokens: (Q, T, D).
            gallery_tokens: (N, T, D).
            candidates: (Q, K) int64 rows of the gallery.

        Returns:
            (Q, K) float32, higher is better.

        Raises:
            BadInputError: The system has no tokens.
        """
        raise BadInputError(f"'{self.name}' has no tokens to re-rank by.", "leave retrieval.rerank out.")

    def build(self, **sizes: Any) -> None:
        """Makes the layers and buffers that `fit` fills, from the plain values that it gave to `begin`."""

    def begin(self, run: Run, **sizes: Any) -> None:
        """Forgets an earlier fit and builds what this one fills; random weights follow from the run's seed."""
        self.sizes, self.device = sizes, run.device
        with initial_weights(seed_of(f"network {run.seed}")):
            self.build(**sizes)
        nn.Module.to(self, run.device)

    def record(self, part: str, classes: Iterable[str] | None, items: Iterable[str] = ()) -> None:
        """Notes for the leak audit that a part has been fitted on items of these classes; see `TrainedPart`."""
        self._parts[part] = TrainedPart(part, None if classes is None else tuple(classes), tuple(items))

    def trained_parts(self) -> tuple[TrainedPart, ...]:
        """Everything that was recorded as fitted."""
        return tuple(self._parts.values())

    def about(self) -> dict[str, Any]:
        """What is saved beside the tensors, ready for JSON.

        Raises:
            BadInputError: Not fitted.
        """
        if self.sizes is None:
            raise self.not_fitted()
        return {"sizes": self.sizes, "parts": [part.as_dict() for part in self._parts.values()]}

    def restore(self, state: Mapping[str, Tensor], about: Mapping[str, Any]) -> None:
        """Takes back what `state_dict` and `about` gave; afterwards `embed` gives the same codes.

        Raises:
            BadInputError: The state belongs to another configuration.
            RuntimeError: A tensor is missing.
        """
        self.rebuild(about)
        self.load_state_dict(state)

    def rebuild(self, about: Mapping[str, Any]) -> None:
        """Makes layers and buffers again, not yet filled."""
        self.sizes = dict(about["sizes"])
        for part in about["parts"]:
            self.record(**part)
        self.build(**self.sizes)

    def to(self, device: str) -> Self:
        """Embeds on a device (``cpu``, ``cuda``) from now on."""
        self.device = device
        return super().to(device)

    def not_fitted(self) -> BadInputError:
        """The error for who asks too early."""
        return BadInputError(f"'{self.name}' is not fitted.", "call fit(task), or load a saved system.")
