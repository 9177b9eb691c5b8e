"""Quantisation loss: numbers near −1 and 1 lose little when only their signs are kept."""

from torch import Tensor

from zsr_lib.losses.base import matching_rows


def quantisation(codes: Tensor) -> Tensor:
    """mean_i ‖ |codes_i| − 1 ‖²: the squared distance of each code to its own signs.

    Source: the usual quantisation term of deep hashing, for example of Liu et al., "Deep Supervised Hashing for Fast
    Image Retrieval", CVPR 2016 (there not squared); whether CrossATNet has one is not stated.

    Args:
        codes: (N, D).

    Returns:
        Scalar.

    Raises:
        BadInputError: The shape or type cannot be right.

    >>> import torch
    >>> quantisation(torch.tensor([[1.0, -1.0], [3.0, 0.0]]))  # (0 + 4 + 1) / 2
    tensor(2.5000)
    """
    (codes,) = matching_rows(codes=codes)
    return (codes.abs() - 1).square().sum(dim=1).mean()
