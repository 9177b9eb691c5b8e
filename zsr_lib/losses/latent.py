"""Cross-modal latent loss: codes of both modalities towards the vector of their class."""

import torch
from torch import Tensor

from zsr_lib.losses.base import matching_rows


def latent(codes: Tensor, targets: Tensor) -> Tensor:
    """mean_i ‖codes_i − targets_i‖².

    Args:
        codes: (N, D) codes.
        targets: (N, D) what each of them shall be. Gradients flow into it too: detach what must not move.

    Returns:
        Scalar. It is D times what `torch.nn.functional.mse_loss` gives.

    Raises:
        BadInputError: The shapes differ, or are not (N, D).
    """
    codes, targets = matching_rows(codes=codes, targets=targets)
    return (codes - targets).square().sum(dim=1).mean()


def cross_modal_latent(photo: Tensor, sketch: Tensor, semantics: Tensor) -> Tensor:
    """mean_i ‖photo_i − z_i‖² + mean_i ‖sketch_i − z_i‖².

    Source: L_cmd of ZSEoC (Chaudhuri et al., arXiv:2008.05225) and of ZSCMR (Chaudhuri et al., CVPR Workshops 2020).

    Args:
        photo: (N, D) photo codes.
        sketch: (N, D) sketch codes; row i is of the same class as photo i.
        semantics: (N, D) class vector of each row, fixed or learned.

    Raises:
        BadInputError: The shapes differ, or are not (N, D).

    >>> import torch
    >>> photo, sketch, semantics = torch.zeros(4, 3), torch.ones(4, 3), torch.ones(4, 3)
    >>> cross_modal_latent(photo, sketch, semantics)
    tensor(3.)
    """
    photo, sketch, semantics = matching_rows(photo=photo, sketch=sketch, semantics=semantics)
    return latent(photo, semantics) + latent(sketch, semantics)


def legacy_latent(photo: Tensor, sketch: Tensor) -> Tensor:
    """‖photo − sketch‖_F over the whole batch: neither squared nor averaged, and without class vectors.

    Source: the released code of ZSEoC (github.com/ushasi/Earth-on-Canvas-dataset), which loads class vectors but does
    not use them in this loss.

    Args:
        photo: (N, D) photo codes.
        sketch: (N, D) sketch codes; row i is of the same class as photo i.

    Raises:
        BadInputError: The shapes differ, or are not (N, D).
    """
    photo, sketch = matching_rows(photo=photo, sketch=sketch)
    return torch.linalg.vector_norm(photo - sketch)
