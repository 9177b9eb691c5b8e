"""Weights of torchvision's vision transformers for the trunk."""

from collections.abc import Mapping

from torch import Tensor

from zsr_lib.errors import BadInputError
from zsr_lib.features.weights import Weights, find_weights, imagenet, read_weights

NAMES = {(768, 12, 16): "vit_b_16", (768, 12, 32): "vit_b_32", (1024, 24, 16): "vit_l_16", (1024, 24, 32): "vit_l_32"}
"""Width, depth and patch side → torchvision's name."""


def trunk_weights(name: str, size: tuple[int, int, int]) -> Weights | None:
    """Weights of a vision transformer; None of one that starts at random.

    Args:
        name: ``none``, ``imagenet``, a file's path, or the name of a file among `zsr_lib.settings.weight_files`.
        size: Width, depth and patch side, by which torchvision's are found.

    Raises:
        BadInputError: torchvision has none of that size.
        DataNotFoundError: They are not here, or cannot be downloaded.
        BadFileError: The file is damaged.
    """
    if name == "none":
        return None
    if name != "imagenet":
        return read_weights(find_weights(name))
    if size not in NAMES:
        raise BadInputError(
            f"torchvision has no ViT of width {size[0]}, depth {size[1]} and patches of {size[2]} pixels.",
            f"set trunk to the size of {', '.join(NAMES.values())}, or weights: none.",
        )
    return imagenet(NAMES[size])


def renamed(state: Mapping[str, Tensor], depth: int) -> dict[str, Tensor | None]:
    """Tensors of torchvision's VisionTransformer under this module's names; None for those that it lacks."""
    whole = {"first": "class_token", "places": "encoder.pos_embedding"}
    pairs = {"patches": "conv_proj", "norm": "encoder.ln"}
    parts = {"norm": "ln_1", "norm_2": "ln_2", "attention.out": "self_attention.out_proj"}
    parts |= {"perceptron.0": "mlp.0", "perceptron.3": "mlp.3"}
    found: dict[str, Tensor | None] = {}
    for index in range(depth):
        ours, theirs = f"layers.{index}", f"encoder.layers.encoder_layer_{index}"
        pairs |= {f"{ours}.{name}": f"{theirs}.{other}" for name, other in parts.items()}
        for kind in ("weight", "bias"):
            joint = state.get(f"{theirs}.self_attention.in_proj_{kind}")
            thirds = (None,) * 3 if joint is None else joint.chunk(3)
            names = (f"{ours}.attention.{name}.{kind}" for name in ("query", "key", "value"))
            found |= dict(zip(names, thirds, strict=True))
    whole |= {f"{name}.{kind}": f"{other}.{kind}" for name, other in pairs.items() for kind in ("weight", "bias")}
    return found | {name: state.get(other) for name, other in whole.items()}
