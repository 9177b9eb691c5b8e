"""Where a run computes and how precisely: batches placed on a device, autocast."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import torch

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
