"""Group sparsity: a layer shall use few of its inputs."""

import torch
from torch import Tensor

from zsr_lib.losses.base import matching_rows


def l21(weights: Tensor) -> Tensor:
    """Σ_d ‖W[:, d]‖₂ over the columns of a layer's weights, that is over its inputs.

    An input that no output uses costs nothing, and the first little use of it costs as much as any more: whole columns
    become small, and what is left is a choice of inputs.

    Source: the ℓ2,1-norm of Nie et al., "Efficient and Robust Feature Selection via Joint ℓ2,1-Norms Minimization",
    NeurIPS 2010, in the semantic auto-encoder of SEM-PCYC (Dutta and Akata, CVPR 2019).

    Args:
        weights: (K, D), as `torch.nn.Linear` keeps them.

    Returns:
        Scalar. The gradient of a column of zeros is taken as zero.

    Raises:
        BadInputError: It is not (K, D).

    >>> import torch
    >>> l21(torch.tensor([[3.0, 0.0], [4.0, 0.0]]))
    tensor(5.)
    """
    (weights,) = matching_rows(weights=weights)
    return torch.linalg.vector_norm(weights, dim=0).sum()
