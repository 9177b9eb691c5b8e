"""The layout of Prithvi-100M for the trunk: its places, and its weights from a file.

Source: METHODS.md §7.4 (arXiv 2403.02059): a ViT-B of depth 12 and width 768 with patches of 16 pixels, one frame, six
bands. The released weights (a masked autoencoder's) have fixed places of sines and cosines over width, height and time,
six, six and four sixteenths of the width, and a convolution over frames of depth 1. What the source does not say, and
is chosen here: the norms' ε, 1e-6 as in the rest of the trunk.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.features.weights import checksum, find_weights, read_weights
from zsr_lib.models.tokens.trunk import Trunk


def frame_places(width: int, grid: int) -> Tensor:
    """(1, 1 + grid², width) places of one frame, row by row; the CLS token's is 0.

    Raises:
        BadInputError: The width is no multiple of 16.
    """
    if width % 16:
        raise BadInputError(f"places in space and time do not divide a width of {width}.", "take a multiple of 16.")
    rows, columns = (each.flatten() for each in torch.meshgrid(torch.arange(grid), torch.arange(grid), indexing="ij"))
    parts = [_waves(columns, width * 6 // 16), _waves(rows, width * 6 // 16), _waves(0 * rows, width * 4 // 16)]
    return torch.cat([torch.zeros(1, width), torch.cat(parts, dim=1)])[None]


def as_prithvi(trunk: Trunk) -> None:
    """Gives a trunk the fixed places of Prithvi, which are not trained."""
    trunk.places.requires_grad_(False).copy_(frame_places(trunk.config.width, trunk.grid))


def load_prithvi(trunk: Trunk, name: str) -> dict[str, Any]:
    """Takes the encoder's weights of a masked autoencoder; its decoder is left out.

    Args:
        trunk: Without levels; keeps its own places, whatever number of frames those of the file are for.
        name: A file's path, or the name of a file among `zsr_lib.settings.weight_files`; a state dict or safetensors.

    Returns:
        Where they come from, the checksum of the trunk with them, and that nobody knows of which classes.

    Raises:
        DataNotFoundError: There is no such file; says where it is looked for.
        BadFileError: It is damaged, or of another size or number of bands.
    """
    weights = read_weights(find_weights(name))
    own, taken = trunk.state_dict(), renamed(weights.state, trunk.config.depth)
    wrong = [key for key, value in taken.items() if value is None or value.shape != own[key].shape]
    if wrong:
        raise BadFileError(
            f"{weights.source} does not fit a trunk of width {trunk.config.width}, depth {trunk.config.depth}, patches "
            f"of {trunk.config.patch} pixels and {trunk.patches.in_channels} bands: {', '.join(wrong[:3])} differ.",
            "set trunk and layout to those of the weights (Prithvi-100M: the defaults, six bands), or weights: none.",
        )
    trunk.load_state_dict(own | taken)
    return {"weights": name, "sha256": checksum(trunk), "classes": None}


def renamed(state: Mapping[str, Tensor], depth: int) -> dict[str, Tensor | None]:
    """The encoder's tensors under the trunk's names; None for those that are missing."""
    state = {key.removeprefix("encoder."): value for key, value in state.items()}
    pairs = {"norm": "norm", "patches": "patch_embed.proj"}
    parts = {"norm": "norm1", "norm_2": "norm2", "attention.out": "attn.proj"}
    parts |= {"perceptron.0": "mlp.fc1", "perceptron.3": "mlp.fc2"}
    found: dict[str, Tensor | None] = {"first": state.get("cls_token")}
    for index in range(depth):
        pairs |= {f"layers.{index}.{ours}": f"blocks.{index}.{theirs}" for ours, theirs in parts.items()}
        for kind in ("weight", "bias"):
            joint = state.get(f"blocks.{index}.attn.qkv.{kind}")
            names = (f"layers.{index}.attention.{part}.{kind}" for part in ("query", "key", "value"))
            found |= dict(zip(names, (None,) * 3 if joint is None else joint.chunk(3), strict=True))
    for ours, theirs in pairs.items():
        found |= {f"{ours}.{kind}": state.get(f"{theirs}.{kind}") for kind in ("weight", "bias")}
    kernel = found["patches.weight"]
    if kernel is not None and kernel.ndim == 5:  # (D, C, 1, P, P), a convolution over frames, too
        found["patches.weight"] = kernel.squeeze(2)
    return found


def _waves(places: Tensor, width: int) -> Tensor:
    """(N,) → (N, width): sines, then cosines, of wavelengths from 2π to 20 000π."""
    rates = 10_000 ** -(torch.arange(width // 2, dtype=torch.float64) / (width / 2))
    angles = places[:, None].double() * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1).float()
