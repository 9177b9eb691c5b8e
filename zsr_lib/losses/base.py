"""What all losses share: checks that are made once, before any maths."""

import math

import torch
from torch import Tensor

from zsr_lib.errors import BadInputError


def matching_rows(**named: Tensor) -> tuple[Tensor, ...]:
    """Tensors of one (N, D) shape on one device, in the order given, with at least float32 precision.

    Raises:
        BadInputError: A tensor is not (N, D), is empty, is not of a floating type, or differs in shape or device;
            named as the argument is.
    """
    first_name, first = next(iter(named.items()))
    for name, tensor in named.items():
        if not isinstance(tensor, Tensor) or tensor.ndim != 2 or tensor.numel() == 0:
            raise BadInputError(f"{name} is {_described(tensor)}.", "give a tensor of N rows by D dimensions.")
        if not tensor.is_floating_point():
            raise BadInputError(f"{name} has type {tensor.dtype}.", "give a floating type, for example float32.")
        if tensor.shape != first.shape or tensor.device != first.device:
            raise BadInputError(
                f"{name} is {_described(tensor)}, but {first_name} is {_described(first)}.",
                "give rows of one batch: the same shape, on the same device.",
            )
    return tuple(at_least_float32(tensor) for tensor in named.values())


def row_labels(name: str, labels: Tensor, rows: Tensor) -> Tensor:
    """(N,) int64 labels of (N, D) rows.

    Raises:
        BadInputError: They are not whole numbers, or not one a row, or on another device.
    """
    if not isinstance(labels, Tensor) or labels.shape != rows.shape[:1] or labels.device != rows.device:
        raise BadInputError(
            f"{name} is {_described(labels)} for rows that are {_described(rows)}.",
            "give one label a row, as a tensor on the rows' device.",
        )
    if labels.is_floating_point() or labels.is_complex():
        raise BadInputError(f"{name} has type {labels.dtype}.", "give whole numbers, for example int64.")
    return labels.long()


def zero_or_one(name: str, values: Tensor, rows: Tensor) -> Tensor:
    """(N,) int64 answers, 0 or 1, of (N, D) rows; on CUDA their range is not read, which would stop the device.

    Raises:
        BadInputError: They are not whole numbers, not one a row, on another device, or another number.
    """
    values = row_labels(name, values, rows)
    if values.device.type == "cpu" and not 0 <= int(values.min()) <= int(values.max()) <= 1:
        raise BadInputError(f"{name} holds other numbers than 0 and 1.", "give 1 for yes and 0 for no.")
    return values


def number(name: str, value: float, lowest: float = 0.0, *, above: bool = False) -> float:
    """A finite hyper-parameter of `lowest` or more; more than that if `above`.

    Raises:
        BadInputError: It is not.
    """
    if not math.isfinite(value) or value < lowest or (above and value == lowest):
        raise BadInputError(f"{name} is {value}.", f"give a number {'above' if above else 'of at least'} {lowest:g}.")
    return float(value)


def at_least_float32(tensor: Tensor) -> Tensor:
    """The tensor itself, or as float32 if it has less precision: sums of squares lose too much in 16 bits."""
    return tensor.float() if torch.finfo(tensor.dtype).bits < 32 else tensor


def _described(value: object) -> str:
    if not isinstance(value, Tensor):
        return f"a {type(value).__name__}"
    return f"a tensor of shape {tuple(value.shape)} on {value.device}"
