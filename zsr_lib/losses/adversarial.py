"""Adversarial loss: what a discriminator says of items, drawn to what it shall say, or shall be made to say."""

from torch import Tensor

from zsr_lib.losses.base import matching_rows


def least_squares_adversarial(scores: Tensor, targets: Tensor) -> Tensor:
    """Computes mean (s − t)² over all entries.

    The discriminator minimises it with targets near 1 for real items and near 0 for made ones, the generator with 1 for
    what it made. Targets may be softened: SEM-PCYC draws them from U(0.7, 1) and U(0, 0.3).

    Source: Mao et al., "Least Squares Generative Adversarial Networks", ICCV 2017, equation 9 with a = 0, b = c = 1;
    without the factor ½ and as one mean, as the released code of SEM-PCYC has it.

    Args:
        scores: (N, D) the discriminator's outputs, not squashed.
        targets: (N, D) what they shall be.

    Raises:
        BadInputError: The shapes differ or are not (N, D).

    >>> import torch
    >>> least_squares_adversarial(torch.tensor([[0.5], [2.0]]), torch.ones(2, 1))  # (0.25 + 1) / 2
    tensor(0.6250)
    """
    scores, targets = matching_rows(scores=scores, targets=targets)
    return (scores - targets).square().mean()
