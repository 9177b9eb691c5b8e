"""Distillation: a network keeps saying what its teacher said."""

from torch import Tensor
from torch.nn import functional

from zsr_lib.losses.base import matching_rows


def distillation(logits: Tensor, teacher: Tensor) -> Tensor:
    """mean_i KL(softmax(t_i) ‖ softmax(z_i)) of logits z and the teacher's logits t.

    Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", arXiv:1503.02531, at temperature
    1; as a guard against forgetting while fine-tuning: L_SAKE of Liu et al., "Semantic-Aware Knowledge Preservation for
    Zero-Shot Sketch-Based Image Retrieval", ICCV 2019, there on photos and with WordNet's similarities added.

    Args:
        logits: (N, C).
        teacher: (N, C) logits, or logarithms of probabilities.

    Raises:
        BadInputError: The shapes differ or are not (N, C).

    >>> import torch
    >>> distillation(torch.tensor([[0.0, 0.0]]), torch.tensor([[50.0, 0.0]]))  # log 2: a sure teacher, no idea
    tensor(0.6931)
    """
    logits, teacher = matching_rows(logits=logits, teacher=teacher)
    said, taught = functional.log_softmax(logits, dim=1), functional.log_softmax(teacher, dim=1)
    return (taught.exp() * (taught - said)).sum(dim=1).mean()
