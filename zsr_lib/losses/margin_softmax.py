"""Softmax over negative distances with a margin: the own class's centre must be nearer by a factor."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from zsr_lib.losses.base import number
from zsr_lib.losses.classification import classification


def margin_softmax(logits: Tensor, labels: Tensor, margin: float = 1.0) -> Tensor:
    """Cross-entropy of logits z of which the own class's is multiplied by m first.

    With z_k = −‖x − c_k‖ and m > 1 the own centre counts as m times as far away: to be named, an item must be m times
    nearer to it than to any other. m = 1 is plain softmax.

    Source: Euclidean margin softmax of EMS (Lu et al., arXiv:1812.04275), schedule and form as the released code of
    SAKE has them.

    Args:
        logits: (N, C) at most 0, such as negative distances: a positive one would make the margin a gift.
        labels: (N,) class indices, 0 … C − 1.
        margin: m, 1 or more.

    Returns:
        Scalar, in nats.

    Raises:
        BadInputError: A shape, type or label cannot be right, or the margin is below 1.

    >>> import torch
    >>> margin_softmax(torch.tensor([[-1.0, -2.0]]), torch.tensor([0]), margin=2.0)  # log 2: a tie
    tensor(0.6931)
    """
    margin = number("margin", margin, 1.0)
    classification(logits, labels)  # refuses what cannot be right, before it is indexed
    own = one_hot(labels.long(), logits.shape[1]).bool()
    return classification(torch.where(own, margin * logits, logits), labels)
