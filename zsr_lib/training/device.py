"""Where a run computes and how precisely: batches placed on a device, autocast."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import nn

from zsr_lib.errors import BadInputError
from zsr_lib.training.config import TrainingConfig


def placed(batch: Any, device: torch.device) -> Any:
    """`batch` with its tensors on `device`; looks into mappings, lists and (named) tuples, leaves the rest.

    Batches of images (four axes) become channels-last on CUDA, where convolutions are faster with it.
    """
    if isinstance(batch, torch.Tensor):
        if device.type == "cuda" and batch.ndim == 4:
            return batch.to(device, memory_format=torch.channels_last, non_blocking=True)
        return batch.to(device, non_blocking=True)
    if isinstance(batch, Mapping):
        return {key: placed(value, device) for key, value in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(placed(value, device) for value in batch))
    if isinstance(batch, list | tuple):
        return type(batch)(placed(value, device) for value in batch)
    return batch


def uses_bf16(config: TrainingConfig, device: torch.device) -> bool:
    """Whether ``precision`` means bfloat16 on this device."""
    return config.precision == "bf16" or (config.precision == "auto" and device.type == "cuda")


def autocast(config: TrainingConfig, device: torch.device) -> AbstractContextManager[Any]:
    """A context in which matrix products and convolutions run in bfloat16 where ``precision`` asks for it."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=uses_bf16(config, device))


def refuse_other_precision(config: TrainingConfig, module: nn.Module) -> None:
    """Raises an error where float64 is asked for and a parameter has another type, so that no record says otherwise.

    Raises:
        BadInputError: ``precision`` is float64 and the module is not.
    """
    if config.precision != "float64":
        return
    for name, value in module.named_parameters():
        if value.is_floating_point() and value.dtype != torch.float64:
            raise BadInputError(
                f"training.precision is float64, but '{name}' is {str(value.dtype).removeprefix('torch.')}.",
                "float64 is for networks on features; leave training.precision out here.",
            )
