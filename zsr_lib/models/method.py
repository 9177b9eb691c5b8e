"""The contract that every retrieval system follows, whatever it is inside.

A system may train on pixels or features, in one stage or several, in closed form, adversarially or without labels;
its codes may be floats or packed bits. Outside, it is fitted on a task and embeds items; who evaluates sees codes only.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


class Method(ABC):
    """One retrieval system.

    Attributes:
        name: What it is registered as; set by `create`.
        Config: The frozen dataclass of its options; every field has a default.
        distance: The distance that belongs to its codes: one of `zsr_lib.evaluation.codes.DISTANCES`.
        legacy: Whether it reproduces what a released code did otherwise; then leaks are labelled, not refused.
    """

    name: str = ""
    Config: ClassVar[type]
    distance: str = "cosine"
    legacy: bool = False

    def __init__(self, config: Any = None) -> None:
        self.config = self.Config() if config is None else config
        if not isinstance(self.config, self.Config):
            raise BadInputError(
                f"{type(self).__name__} takes a {self.Config.__name__}, not {type(config).__name__}.",
                "make methods with create(name, {'option': value}).",
            )

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

    def trained_parts(self) -> tuple[TrainedPart, ...]:
        """Everything fitted, with the classes it has seen, for the leak audit."""
        return ()

    def state(self) -> dict[str, torch.Tensor]:
        """Name → tensor of everything that `fit` made."""
        return {}

    def restore(self, state: Mapping[str, torch.Tensor], about: Mapping[str, Any]) -> None:  # noqa: B027 - may be nothing
        """Takes a state back; afterwards `embed` gives the same codes.

        Args:
            state: What `state` gave.
            about: What `about` gave.

        Raises:
            BadInputError: The state belongs to another configuration.
        """

    def to(self, device: str) -> None:  # noqa: B027 - may be nothing
        """Embeds on a device (``cpu``, ``cuda``) from now on; a system without a network has nothing to move."""

    def about(self) -> dict[str, Any]:
        """What else must be saved, ready for JSON (class names, input sizes)."""
        return {}
