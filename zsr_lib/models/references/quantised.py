"""Any system's codes in a few bytes by product quantisation; queries are kept whole.

What a gallery item is kept as is m numbers of centres, one byte each; `embed` shows the point that they stand for, so
that who evaluates needs to know nothing of it. A query is not kept, so it has no need to be short: it is compared as it
is with those points, which the paper calls the asymmetric distance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import torch

from zsr_lib.configs import build, plain
from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.evaluation.space_points import as_points
from zsr_lib.models.bases.chunks import in_chunks
from zsr_lib.models.method import Method
from zsr_lib.models.references.product import fit_centres, looked_up, nearest_centres
from zsr_lib.models.registry import create, method_class
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


@dataclass(frozen=True)
class QuantisedConfig:
    """Options.

    Attributes:
        of: The system whose codes are kept short.
        options: Its options; defaults are filled in, so that a run record names them all.
        parts: Into how many parts a code is cut: its bytes.
        centres: Of each part, at most 256.
        whole_queries: Compare queries as they are; False quantises them, too (the symmetric distance).

    Raises:
        UnknownNameError: No such system, or no such option of it; names the nearest.
        BadInputError: An option has the wrong type.
    """

    of: str = "frozen"
    options: dict[str, Any] = field(default_factory=dict)
    parts: int = 16
    centres: int = 256
    whole_queries: bool = True

    def __post_init__(self) -> None:
        inner = build(method_class(self.of).Config, self.options, f"method {self.of}")
        object.__setattr__(self, "options", plain(inner))


class Quantised(Method):
    """Codes as numbers of centres, which are fitted on the seen classes' codes of all modalities together.

    Codes that the inner system compares by cosine come to unit length first.
    """

    Config = QuantisedConfig
    config: QuantisedConfig
    distance = "euclidean"

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self.of = create(self.config.of, self.config.options)
        if self.of.distance not in ("cosine", "euclidean"):
            raise BadInputError(
                f"the codes of '{self.config.of}' are compared by {self.of.distance} distance.",
                "take a system that compares by cosine or Euclidean distance.",
            )
        self.legacy = self.of.legacy

    @property
    def kept(self) -> dict[str, Any]:
        """A byte for each part."""
        return {"length": self.config.parts, "type": "indices", "bytes": self.config.parts}

    def build(self, size: int, centres: int) -> None:
        """Makes the centres."""
        parts = self.config.parts
        self.register_buffer("centres", torch.zeros(parts, centres, -(-size // parts)))

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Fits the inner system, then the centres on its codes of the seen classes.

        Raises:
            BadInputError: The codes have fewer numbers than parts are asked for.
        """
        history = self.of.fit(task, run)
        every = [task.training_items("seen", name) for name in task.modalities]
        points = np.concatenate([self._points(items) for items in every])
        centres = fit_centres(points, self.config.parts, run.seed, self.config.centres)
        self._parts = {}
        self.begin(run, size=points.shape[1], centres=centres.shape[1])
        self.centres.copy_(torch.from_numpy(centres))
        self.record("centres", task.seen)
        return history

    def codes(self, items: ItemSet) -> np.ndarray:
        """(N, parts) uint8: what is kept of each item.

        Raises:
            BadInputError: Not fitted.
        """
        if self.sizes is None:
            raise self.not_fitted()
        centres = self.centres.cpu().numpy()
        return in_chunks(lambda rows: nearest_centres(rows, centres), self._points(items))

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, D) float32 points that the kept bytes stand for.

        Raises:
            BadInputError: Not fitted.
        """
        return looked_up(self.codes(items), self.centres.cpu().numpy(), self.sizes["size"])

    def asked(self, items: ItemSet) -> np.ndarray | None:
        """(N, D) float32 points of queries, as they are; None where they are quantised, too."""
        return self._points(items).astype(np.float32) if self.config.whole_queries else None

    def trained_parts(self) -> tuple[TrainedPart, ...]:
        """The inner system's parts and the centres."""
        return (*self.of.trained_parts(), *super().trained_parts())

    def about(self) -> dict[str, Any]:
        """The inner system's description, too."""
        return super().about() | {"of": self.of.about()}

    def rebuild(self, about: Mapping[str, Any]) -> None:
        """Builds both systems again."""
        self.of.rebuild(about["of"])
        super().rebuild(about)

    def to(self, device: str) -> Self:
        """Moves the inner system, too."""
        self.of.to(device)
        return super().to(device)

    def _points(self, items: ItemSet) -> np.ndarray:
        return as_points(self.of.embed(items), self.of.distance)
