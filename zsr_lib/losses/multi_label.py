"""Multi-label classification: an item has any number of labels, each a question of its own."""

import torch
from torch import Tensor
from torch.nn import functional

from zsr_lib.errors import BadInputError
from zsr_lib.losses.base import matching_rows


def multi_label(logits: Tensor, tags: Tensor) -> Tensor:
    """mean_i Σ_l −[ t_il log σ(z_il) + (1 − t_il) log(1 − σ(z_il)) ].

    Source: L_3 of CMIR-Net (Chaudhuri et al., Pattern Recognition Letters 131, 2020) for images of several labels, as
    its released code has it (METHODS.md §3.1).

    Args:
        logits: (N, L) scores before the sigmoid.
        tags: (N, L) of a floating type, 1 where an item has the label.

    Returns:
        Scalar, in nats.

    Raises:
        BadInputError: The shapes differ, or a tag is below 0 or above 1. On CUDA the tags' range is not read, which
            would stop the device at every step.

    >>> import torch
    >>> multi_label(torch.zeros(5, 3), torch.ones(5, 3))  # 3 log 2
    tensor(2.0794)
    """
    logits, tags = matching_rows(logits=logits, tags=tags)
    if tags.device.type == "cpu" and bool(((tags < 0) | (tags > 1)).any()):
        raise BadInputError("tags lie outside of 0 … 1.", "give 1 where an item has the label, else 0.")
    with torch.autocast(logits.device.type, enabled=False):
        each = functional.binary_cross_entropy_with_logits(logits, tags.to(logits.dtype), reduction="none")
        return each.sum(dim=1).mean()
