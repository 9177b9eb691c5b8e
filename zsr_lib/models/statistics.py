"""Mean and scale of features, measured on training items and applied to any."""

from dataclasses import dataclass

import numpy as np

from zsr_lib.errors import BadInputError

SMALLEST = 1e-6
"""Features with a smaller spread are only centred: dividing by it would blow up rounding noise."""


@dataclass(frozen=True, eq=False)
class Statistics:
    """(D,) float32 `mean` and `scale`."""

    mean: np.ndarray
    scale: np.ndarray

    def apply(self, features: np.ndarray) -> np.ndarray:
        """(N, D) float32 ``(features − mean) / scale``."""
        return ((features - self.mean) / self.scale).astype(np.float32)


def measure(features: np.ndarray, centre_only: bool = False) -> Statistics:
    """Statistics of (N, D) features, computed in float64.

    Raises:
        BadInputError: There are no items to measure.
    """
    if not len(features):
        raise BadInputError("there are no training items to measure features on.", "give seen classes with items.")
    wide = features.astype(np.float64)
    spread = np.ones(wide.shape[1]) if centre_only else wide.std(axis=0)
    scale = np.where(spread > SMALLEST, spread, 1.0)
    return Statistics(wide.mean(axis=0).astype(np.float32), scale.astype(np.float32))
