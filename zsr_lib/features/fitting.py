"""Weights into networks: all of them or none, and when they do not fit, what they look like."""

import warnings
from collections.abc import Mapping

import torch
from torch import nn

from zsr_lib.errors import BadFileError
from zsr_lib.features.architectures import OWN, build_network
from zsr_lib.features.weights import Weights

LOOKALIKES = (
    *(*OWN, "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "resnet18", "resnet34", "resnet50"),
    *("resnet101", "resnet152", "vgg16", "vgg19", "alexnet", "efficientnet_b0", "densenet121", "convnext_tiny"),
    *("swin_t", "vit_b_16", "vit_b_32", "vit_l_16", "googlenet", "inception_v3"),
)
"""Architectures that a file which does not fit is compared with."""


def load_weights(network: nn.Module, name: str, weights: Weights, classifier: str) -> None:
    """Copies weights into a network that has lost its classifier.

    Args:
        network: Takes the weights, in its own precision.
        name: The backbone's name, for messages.
        weights: Must hold every tensor of the network, in its shape, and no other beside the classifier's.
        classifier: Name of the layer that was taken off; its tensors may have any shape or be missing.

    Raises:
        BadFileError: They belong to another architecture; says which, or which tensors differ.
    """
    state = {key: tensor for key, tensor in weights.state.items() if not classifier or _layer(key) != classifier}
    own = network.state_dict()
    # Files older than torch 0.4.1 do not count batches, and nothing here needs the count.
    missing = [key for key in own if key not in state and not key.endswith("num_batches_tracked")]
    extra = [key for key in state if key not in own]
    shapes = [key for key in own if key in state and state[key].shape != own[key].shape]
    if missing or extra or shapes:
        alike = lookalike(weights.state)
        raise BadFileError(
            f"{weights.source} does not fit backbone '{name}': {_differences(missing, extra, shapes)}"
            + (f"; it looks like '{alike}'." if alike else "."),
            f"set backbone: {alike}, or name weights of '{name}'." if alike else f"name weights of '{name}'.",
        )
    network.load_state_dict({**own, **state})


def lookalike(state: Mapping[str, torch.Tensor]) -> str | None:
    """The architecture among `LOOKALIKES` to which at least nine of ten tensors belong by name and shape."""
    shapes = {(key, tuple(tensor.shape)) for key, tensor in state.items()}
    best, overlap = None, 0.9
    for name in LOOKALIKES:
        with torch.device("meta"), warnings.catch_warnings(action="ignore"):
            own = {(key, tuple(tensor.shape)) for key, tensor in build_network(name).state_dict().items()}
        common = len(shapes & own) / len(shapes | own)
        if common > overlap:
            best, overlap = name, common
    return best


def _layer(key: str) -> str:
    return key.rpartition(".")[0]


def _differences(missing: list[str], extra: list[str], shapes: list[str]) -> str:
    parts = (("lacks", missing), ("has besides", extra), ("has other shapes of", shapes))
    return "; it ".join(
        f"{what} {', '.join(keys[:3])}" + (f" and {len(keys) - 3} more" if len(keys) > 3 else "")
        for what, keys in parts
        if keys
    )
