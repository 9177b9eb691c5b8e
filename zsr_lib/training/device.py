"""Where a run computes and how precisely: batches placed on a device, autocast."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError
from zsr_lib.training.config import TrainingConfig


def mapped(batch: Any, change: Callable[[Any], Any]) -> Any:
    """Gives `batch` with each leaf changed; looks into mappings, lists and (named) tuples, from first to last."""
    if isinstance(batch, Mapping):
        return {key: mapped(value, change) for key, value in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(mapped(value, change) for value in batch))
    if isinstance(batch, list | tuple):
        return type(batch)(mapped(value, change) for value in batch)
    return change(batch)


def placed(batch: Any, device: torch.device) -> Any:
    """Gives `batch` as tensors on `device`: its tensors, and its arrays of numbers; the rest stays as it is.

    Arrays, which are rows and labels, travel together in one transfer for each type; nothing waits for the device.
    Batches of images (four axes) become channels-last on CUDA, where convolutions are faster with it.
    """
    arrays: list[np.ndarray] = []
    mapped(batch, lambda leaf: arrays.append(leaf) if _is_numbers(leaf) else None)
    tensors = iter(_together(arrays, device))

    def on_device(leaf: Any) -> Any:
        """A tensor or an array where it is wanted; anything else as it is."""
        if isinstance(leaf, Tensor):
            images = device.type == "cuda" and leaf.ndim == 4
            form = torch.channels_last if images else torch.preserve_format
            return leaf.to(device, memory_format=form, non_blocking=True)
        return next(tensors) if _is_numbers(leaf) else leaf

    return mapped(batch, on_device)


def _is_numbers(leaf: Any) -> bool:
    return isinstance(leaf, np.ndarray) and leaf.dtype.kind in "biuf"


def _together(arrays: Sequence[np.ndarray], device: torch.device) -> Iterator[Tensor]:
    """The arrays as tensors, in order; those of one type are parts of one tensor where they have to move."""
    if device.type == "cpu":
        yield from (torch.from_numpy(np.require(each, requirements="W")) for each in arrays)
        return
    parts = {}
    for kind in dict.fromkeys(each.dtype for each in arrays):
        own = [each for each in arrays if each.dtype == kind]
        block = torch.from_numpy(np.concatenate([each.ravel() for each in own]))
        block = block.pin_memory() if device.type == "cuda" else block
        parts[kind] = iter(block.to(device, non_blocking=True).split([each.size for each in own]))
    yield from (next(parts[each.dtype]).view(each.shape) for each in arrays)


def uses_bf16(config: TrainingConfig, device: torch.device) -> bool:
    """Whether ``precision`` means bfloat16 on this device."""
    return config.precision == "bf16" or (config.precision == "auto" and device.type == "cuda")


def autocast(config: TrainingConfig, device: torch.device) -> AbstractContextManager[Any]:
    """A context in which matrix products and convolutions run in bfloat16 where ``precision`` asks for it."""
    return torch.autocast(device.type, dtype=torch.bfloat16) if uses_bf16(config, device) else nullcontext()


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
