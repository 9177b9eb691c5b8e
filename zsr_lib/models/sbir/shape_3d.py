"""3D Shape: two networks with weights of their own, drawn together and apart within and across their modalities.

Wang, Kang and Li, "Sketch-based 3D shape retrieval using convolutional neural networks", CVPR 2015; METHODS.md §6.3.
There the one modality is sketches, the other views of 3D models; here photos stand in for views, as they are (not as
edges: the networks share nothing, so each may read what it likes). Kernel sizes are chosen. A batch of the paper holds
two views of a model; here items of a class come in twos, and since they are drawn with replacement, now and then twice
the same one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.losses.exponential_pairs import exponential_pairs
from zsr_lib.models.bases.either import EitherMethod, Towers
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.training.config import TrainingConfig


@dataclass(frozen=True)
class Shape3dConfig:
    """Options.

    Attributes:
        features: None trains the networks on pixels; else one layer for each modality on these features.
        size: Side of the pictures.
        augment: Whether pictures are changed at random.
        code_size: Size of the codes.
        near: C_p of the pair loss.
        far: C_n of the pair loss.
        training: Steps, batches, optimiser.

    Raises:
        BadInputError: `code_size` is not positive.
    """

    features: FeaturesConfig | None = None
    size: int = 100
    augment: bool = False
    code_size: int = 64
    near: float = 0.2
    far: float = 10.0
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def __post_init__(self) -> None:
        if self.code_size < 1:
            raise BadInputError(f"code_size is {self.code_size}.", "give 1 or more.")
        if self.training.batch_size < 2:
            raise BadInputError("a batch of one pair holds no two items of a class.", "take a batch_size of 2 or more.")


class Shape3d(EitherMethod):
    """A network for each modality; the distance is the sum of absolute differences."""

    Config = Shape3dConfig
    config: Shape3dConfig
    distance = "l1"
    together = 2

    def trunk(self, bands: int) -> nn.Module:
        """Three convolutions of 32, 64 and 256 channels, pooled by 4, 2 and 2."""
        sizes = ((bands, 32, 5, 4), (32, 64, 5, 2), (64, 256, 3, 2))
        blocks = [(nn.Conv2d(i, o, kernel, padding=1), nn.ReLU(), nn.MaxPool2d(pool)) for i, o, kernel, pool in sizes]
        return nn.Sequential(*(layer for block in blocks for layer in block))

    def network(self, sizes: Sizes) -> Towers:
        """Nothing is shared."""
        lower, widths = self.lower(sizes, shared=False)
        return Towers(lower, {name: nn.Linear(width, self.config.code_size) for name, width in widths.items()})

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Pairs within the first modality, within the second, and across; unit weights, as printed."""
        first, second, *_ = self.sizes["features"]
        own = {name: self.net.encode(name, batch[name]) for name in (first, second)}
        other = {name: self.net.encode(name, batch.other(name)) for name in (first, second)}  # (N, K) each
        half = len(batch.labels) // 2
        twos = {name: codes[: 2 * half].unflatten(0, (half, 2)).unbind(1) for name, codes in own.items()}  # (N / 2, K)
        return {
            f"within {first}": self._pairs(*twos[first], own[first][:half], other[first][:half]),
            f"within {second}": self._pairs(*twos[second], own[second][:half], other[second][:half]),
            "across": self._pairs(own[first], own[second], own[first], other[second]),
        }

    def _pairs(self, left: Tensor, right: Tensor, one: Tensor, other: Tensor) -> Tensor:
        """The loss of pairs of one class and of as many pairs of two."""
        same = torch.ones(len(left), dtype=torch.int64, device=left.device)
        both = torch.cat([left, one]), torch.cat([right, other]), torch.cat([same, 0 * same])
        return exponential_pairs(*both, self.config.near, self.config.far)
