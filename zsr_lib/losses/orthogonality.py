"""Soft orthogonality: no two features say the same."""

import torch
from torch import Tensor

from zsr_lib.losses.base import matching_rows


def soft_orthogonality(features: Tensor) -> Tensor:
    """‖ZᵀZ / N − I‖_F² of an (N, D) batch of features: each of mean square 1, any two with a mean product of 0.

    Source: the second term of L_1 of CMIR-Net (Chaudhuri et al., Pattern Recognition Letters 131, 2020; METHODS.md
    §3.1). The authors' slides print ‖ZᵀZ − I‖_F²; without the division by N features would have to shrink as the batch
    grows. Their released code has no such term.

    Args:
        features: (N, D). With N < D it cannot be zero: a product of rank N is no identity of D rows.

    Returns:
        Scalar.

    Raises:
        BadInputError: The shape or type cannot be right.

    >>> import torch
    >>> soft_orthogonality(torch.tensor([[1.0, 1.0], [1.0, -1.0]]))  # two features that are at right angles
    tensor(0.)
    >>> soft_orthogonality(torch.ones(3, 2))  # the same feature twice: both products are 1 instead of 0
    tensor(2.)
    """
    (features,) = matching_rows(features=features)
    with torch.autocast(features.device.type, enabled=False):
        gram = features.T @ features / len(features)  # (D, D)
        return (gram - torch.eye(len(gram), dtype=gram.dtype, device=gram.device)).square().sum()
