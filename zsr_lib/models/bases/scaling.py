"""Features brought to mean 0 and standard deviation 1, with statistics measured on training items only."""

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError

SMALLEST = 1e-6
"""Without a floor, features with a smaller spread are only centred: dividing by it would blow up rounding noise."""


class Scaling(nn.Module):
    """``(x − mean) / scale`` for (N, D) features; the identity until `measure` is called.

    Args:
        size: D.
        floor: A smaller spread is replaced by this; 0 only guards against features that never vary.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, size: int, floor: float = 0.0) -> None:
        super().__init__()
        self.floor = floor
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("scale", torch.ones(size))

    def measure(self, features: Tensor, centre_only: bool = False) -> None:
        """Takes mean and (population) standard deviation of (N, D) training features, in float64.

        Raises:
            BadInputError: There are no items to measure.
        """
        if not len(features):
            raise BadInputError("there are no training items to measure features on.", "give seen classes with items.")
        wide = features.double()
        spread = torch.ones_like(wide[0]) if centre_only else wide.std(dim=0, correction=0)
        self.mean.copy_(wide.mean(dim=0))
        self.scale.copy_(torch.where(spread > SMALLEST, spread.clamp(min=self.floor), self.floor or 1.0))

    def forward(self, features: Tensor) -> Tensor:
        """(N, D) scaled features."""
        return (features - self.mean) / self.scale
