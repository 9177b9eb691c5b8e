"""Cross-reconstruction loss: the features of one modality regenerated from the code of the other."""

import torch
from torch import Tensor

from zsr_lib.losses.base import matching_rows


def cross_reconstruction(sketch_from_photo: Tensor, sketch: Tensor, photo_from_sketch: Tensor, photo: Tensor) -> Tensor:
    """mean_i ‖g_AB(a_i) − B_i‖² + mean_i ‖g_BA(b_i) − A_i‖², with A photos, B sketches, and a, b their codes.

    Source: L_rcs of ZSCMR (Chaudhuri et al., CVPR Workshops 2020), with ZSEoC's decoders; L_5 of CMIR-Net (Chaudhuri
    et al., Pattern Recognition Letters 131, 2020).

    Args:
        sketch_from_photo: (N, E) sketch features, decoded from photo codes.
        sketch: (N, E) sketch features; row i is of the same class as photo i.
        photo_from_sketch: (N, D) photo features, decoded from sketch codes.
        photo: (N, D) photo features; D may differ from E.

    Raises:
        BadInputError: A decoded tensor has not the shape of its target, or the two modalities' rows differ in number.

    >>> import torch
    >>> photo, sketch = torch.zeros(5, 4), torch.zeros(5, 3)
    >>> cross_reconstruction(torch.ones(5, 3), sketch, torch.ones(5, 4), photo)  # 3 + 4
    tensor(7.)
    """
    on_sketch, on_photo = _residuals(sketch_from_photo, sketch, photo_from_sketch, photo)
    return on_sketch.square().sum(dim=1).mean() + on_photo.square().sum(dim=1).mean()


def legacy_cross_reconstruction(
    sketch_from_photo: Tensor, sketch: Tensor, photo_from_sketch: Tensor, photo: Tensor
) -> Tensor:
    """‖g_AB(a) − B‖_F + ‖g_BA(b) − A‖_F over the whole batch: neither squared nor averaged.

    Source: the released code of ZSEoC (github.com/ushasi/Earth-on-Canvas-dataset).

    Args:
        sketch_from_photo: (N, E) sketch features, decoded from photo codes.
        sketch: (N, E) sketch features; row i is of the same class as photo i.
        photo_from_sketch: (N, D) photo features, decoded from sketch codes.
        photo: (N, D) photo features; D may differ from E.

    Raises:
        BadInputError: As `cross_reconstruction`.
    """
    on_sketch, on_photo = _residuals(sketch_from_photo, sketch, photo_from_sketch, photo)
    return torch.linalg.vector_norm(on_sketch) + torch.linalg.vector_norm(on_photo)


def _residuals(
    sketch_from_photo: Tensor, sketch: Tensor, photo_from_sketch: Tensor, photo: Tensor
) -> tuple[Tensor, Tensor]:
    sketch, sketch_from_photo = matching_rows(sketch=sketch, sketch_from_photo=sketch_from_photo)
    photo, photo_from_sketch = matching_rows(photo=photo, photo_from_sketch=photo_from_sketch)
    matching_rows(photo=photo[:, :1], sketch=sketch[:, :1])
    return sketch_from_photo - sketch, photo_from_sketch - photo
