"""Features whose directions count alike, whatever their variance.

Sources: Jégou and Chum, "Negative evidences and co-occurrences in image retrieval: the benefit of PCA and whitening",
ECCV 2012; going only a share of the way is the attenuated whitening of Mukundan et al., "Understanding and improving
kernel local descriptors", IJCV 2019.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from zsr_lib.configs import added
from zsr_lib.errors import BadInputError

FLOOR = 1.0
"""Of a direction's variance, in mean variances over all directions: where few items were measured, the smallest
variances are accidents, and dividing by them would blow up noise."""


@dataclass(frozen=True)
class WhiteningConfig:
    """Options of what follows standardisation.

    Attributes:
        whitening: Share of the way to a white covariance, 0 … 1, the same for all modalities (`Whitening`); 0 leaves
            the features as they are.
        dimension: Length of whitened features; None keeps it.

    Raises:
        BadInputError: An option is out of range.
    """

    whitening: float = added(0.0)
    dimension: int | None = added(None)

    def __post_init__(self) -> None:
        if not 0 <= self.whitening <= 1:
            raise BadInputError(f"whitening is {self.whitening}.", "give 0 (none) to 1 (all of it).")
        if self.dimension is not None and (self.dimension < 1 or not self.whitening):
            raise BadInputError(f"dimension is {self.dimension}.", "give 1 or more, and a whitening above 0.")


class Whitening(nn.Module):
    """(N, D) standardised features → (N, K): their principal directions, those of little variance raised.

    Args:
        size: D.
        dimension: K, at most D.

    Raises:
        BadInputError: More dimensions are asked for than there are.
    """

    matrix: Tensor

    def __init__(self, size: int, dimension: int) -> None:
        super().__init__()
        if dimension > size:
            raise BadInputError(f"dimension is {dimension}; features have {size}.", f"give 1 … {size}.")
        self.register_buffer("matrix", torch.eye(size, dimension))

    def measure(self, groups: Sequence[Tensor], share: float) -> None:
        """Takes the principal directions of (N, D) training features of mean 0, in float64.

        Args:
            groups: Features of each modality; each counts alike, however many items it has.
            share: s in u · (λ + λ̄)^(−s / 2), with a direction u of variance λ and the mean λ̄ of all variances times
                `FLOOR`: 0 only turns the features, 1 whitens them.

        Raises:
            BadInputError: Modalities have features of different lengths.
        """
        if len({each.shape[1] for each in groups}) > 1:
            raise BadInputError("modalities have features of different lengths.", "take one backbone for all.")
        wide = [each.double() for each in groups]
        covariance = sum(each.T @ each / len(each) for each in wide) / len(wide)
        variances, directions = torch.linalg.eigh(covariance)  # ascending
        raised = directions * (variances.clamp(min=0) + FLOOR * variances.mean()) ** (-share / 2)
        self.matrix.copy_(raised.flip(1)[:, : self.matrix.shape[1]])

    def forward(self, features: Tensor) -> Tensor:
        """See the class."""
        return features @ self.matrix
