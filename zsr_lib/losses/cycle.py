"""Cycle loss: there and back again is where one came from."""

from torch import Tensor

from zsr_lib.losses.base import matching_rows


def cycle(back: Tensor, start: Tensor) -> Tensor:
    """Mean of |back − start| over all numbers: a mean over dimensions, too, unlike most losses here.

    Source: Zhu, Park, Isola and Efros, "Unpaired image-to-image translation using cycle-consistent adversarial
    networks", ICCV 2017, equation 2, reduced as in its released code.

    Args:
        back: (N, D) what comes back; flatten pictures first.
        start: (N, D) what it was made from.

    Raises:
        BadInputError: The shapes differ, or are not (N, D).

    >>> import torch
    >>> cycle(torch.tensor([[1.0, 3.0]]), torch.tensor([[0.0, 3.0]]))
    tensor(0.5000)
    """
    back, start = matching_rows(back=back, start=start)
    return (back - start).abs().mean()
