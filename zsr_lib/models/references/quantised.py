"""Any system's codes in a few bytes by product quantisation; queries are kept whole.

What a gallery item is kept as is m numbers of centres, one byte each; `embed` shows the point that they stand for, so
that who evaluates needs to know nothing of it. A query is not kept, so it has no need to be short: it is compared as it
is with those points, which the paper calls the asymmetric distance.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.chunks import in_chunks
from zsr_lib.models.bases.on_codes import OfConfig, OnCodes
from zsr_lib.models.references.product import fit_centres, looked_up, nearest_centres
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


@dataclass(frozen=True)
class QuantisedConfig(OfConfig):
    """Options.

    Attributes:
        parts: Into how many parts a code is cut: its bytes.
        centres: Of each part, at most 256.
        whole_queries: Compare queries as they are; False quantises them, too (the symmetric distance).
    """

    parts: int = 16
    centres: int = 256
    whole_queries: bool = True


class Quantised(OnCodes):
    """Codes as numbers of centres, which are fitted on the seen classes' codes of all modalities together."""

    Config = QuantisedConfig
    config: QuantisedConfig
    distance = "euclidean"

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        if self.of.distance not in ("cosine", "euclidean"):
            raise BadInputError(
                f"the codes of '{self.config.of}' are compared by {self.of.distance} distance.",
                "take a system that compares by cosine or Euclidean distance.",
            )

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
        points = np.concatenate([self.points(items) for items in every])
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
        return in_chunks(lambda rows: nearest_centres(rows, centres), self.points(items))

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, D) float32 points that the kept bytes stand for.

        Raises:
            BadInputError: Not fitted.
        """
        return looked_up(self.codes(items), self.centres.cpu().numpy(), self.sizes["size"])

    def asked(self, items: ItemSet) -> np.ndarray | None:
        """(N, D) float32 points of queries, as they are; None where they are quantised, too."""
        return self.points(items).astype(np.float32) if self.config.whole_queries else None
