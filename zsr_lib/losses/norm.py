"""Norm control: weights held near a norm, and codes held small."""

from collections.abc import Sequence

import torch
from torch import Tensor

from zsr_lib.errors import BadInputError
from zsr_lib.losses.base import at_least_float32, matching_rows, number


def norm_regulariser(weights: Sequence[Tensor], target: float = 1.0) -> Tensor:
    """Σ_W | ‖W‖_F − α |, which keeps encoders away from the solution that maps everything to one code.

    Source: R of CMIR-Net (Chaudhuri et al., Pattern Recognition Letters 131, 2020) as its released code and that of
    ZSCMR compute it. The authors' slides print ‖W − α‖_F², which would pull every single weight to α.

    Args:
        weights: At least one weight tensor of any shape, for example of each modality's encoder.
        target: α; the authors use 1.

    Returns:
        Scalar. At norm α, and for all-zero weights, the gradient is zero.

    Raises:
        BadInputError: There are no weights, one is empty or not of a floating type, or the target is negative.

    >>> import torch
    >>> norm_regulariser([torch.tensor([[3.0, 4.0]]), torch.zeros(2, 2)])  # |5 − 1| + |0 − 1|
    tensor(5.)
    """
    if isinstance(weights, Tensor) or not weights:
        raise BadInputError("there is no list of weights to regularise.", "give the encoders' weights as a list.")
    for weight in weights:
        if not isinstance(weight, Tensor) or not weight.is_floating_point() or weight.numel() == 0:
            raise BadInputError("a weight is no tensor of floating type with entries.", "give layer.weight.")
    alpha = number("target", target)
    return sum((torch.linalg.vector_norm(at_least_float32(weight)) - alpha).abs() for weight in weights)


def code_norm(photo: Tensor, sketch: Tensor) -> Tensor:
    """mean_i ‖photo_i‖² + mean_i ‖sketch_i‖².

    Source: L_4 of CMIR-Net (Chaudhuri et al., Pattern Recognition Letters 131, 2020), there summed over the batch.

    Args:
        photo: (N, D) photo codes.
        sketch: (N, D) sketch codes.

    Raises:
        BadInputError: The shapes differ, or are not (N, D).
    """
    photo, sketch = matching_rows(photo=photo, sketch=sketch)
    return photo.square().sum(dim=1).mean() + sketch.square().sum(dim=1).mean()
