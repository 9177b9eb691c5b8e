"""Grad-CAM: which places of a network's maps a score owes most to, for pictures of any bands.

Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", ICCV 2017: maps
are weighted by the mean over places of the score's gradient, and what is left below zero is cut off. There the score
is a class's; retrieval has none, so here it is a pair's.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError


def grad_cam(layer: nn.Module, score: Callable[[], Tensor]) -> Tensor:
    """Computes which places of a layer's maps raise a score; nothing in the network changes.

    Args:
        layer: Whose (N, C, H, W) output is asked about; `score` must run it once.
        score: Runs the network and gives (N,) scores, each of its own item.

    Returns:
        (N, H, W), not below zero, in the score's unit for each unit of the maps.

    Raises:
        BadInputError: The layer does not run exactly once, makes no maps, or the scores do not depend on it.
    """
    found: list[Tensor] = []

    def kept(_layer: nn.Module, _given: object, made: Tensor) -> Tensor:
        found.append(made.detach().requires_grad_())  # networks of stage one are frozen: no gradient would come by
        return found[-1]

    hook = layer.register_forward_hook(kept)
    try:
        with torch.enable_grad():
            scores = score()
    finally:
        hook.remove()
    if len(found) != 1 or found[0].ndim != 4 or not scores.requires_grad or scores.shape != found[0].shape[:1]:
        raise BadInputError(
            f"the layer ran {len(found)} times for scores of shape {tuple(scores.shape)}.",
            "name a layer that makes (N, C, H, W) maps once, and give one score an item that depends on them.",
        )
    (slopes,) = torch.autograd.grad(scores.sum(), found[0])  # (N, C, H, W)
    return torch.relu((slopes.mean(dim=(2, 3), keepdim=True) * found[0].detach()).sum(dim=1))
