"""An encoder that is told whether it sees a photo or a sketch: conditional squeeze-and-excitation.

EMS (Lu et al., arXiv:1812.04275) and SAKE (Liu et al., ICCV 2019) append the modality's flag inside every
squeeze-and-excitation block of one SE-ResNet-50 for both. MobileNetV2 has no such blocks, and features are frozen here:
one block gates the features, in front of one linear layer for both modalities.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.layers import known_modality


class ConditionalEncoder(nn.Module):
    """x → W (x · 2σ(V [relu(U x) ‖ flag])); it starts as W x, since V starts at zero.

    Args:
        features: Modality → number of features, the same for all.
        size: Of the codes.
        reduction: The gate's hidden layer has so many times fewer numbers than the features.
        told: Whether the flag is given; without it, photos and sketches are gated alike.

    Raises:
        BadInputError: Features differ in size, or the reduction is below 1.
    """

    flags: Tensor

    def __init__(self, features: Mapping[str, int], size: int, reduction: int = 16, told: bool = True) -> None:
        super().__init__()
        width = next(iter(features.values()))
        if set(features.values()) != {width}:
            raise BadInputError(f"one encoder for features of sizes {dict(features)}.", "use one backbone for all.")
        if reduction < 1:
            raise BadInputError(f"reduction is {reduction}.", "give 1 or more.")
        self.modalities = tuple(features)
        squeezed = max(1, width // reduction)
        self.squeeze = nn.Linear(width, squeezed)
        self.excite = nn.Linear(squeezed + len(self.modalities), width)
        nn.init.zeros_(self.excite.weight)
        nn.init.zeros_(self.excite.bias)
        self.project = nn.Linear(width, size)
        self.register_buffer("flags", torch.eye(len(self.modalities)) * float(told))

    def forward(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, K) codes.

        Raises:
            BadInputError: An unknown modality.
        """
        place = self.modalities.index(known_modality(modality, self.modalities))
        flag = self.flags[place].expand(len(features), -1)
        gate = 2 * self.excite(torch.cat([self.squeeze(features).relu(), flag], dim=1)).sigmoid()
        return self.project(features * gate)
