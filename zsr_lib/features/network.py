"""A backbone at work: stored pixels in, features out, the same whatever else is in the batch."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

from zsr_lib.errors import BadInputError
from zsr_lib.features.backbones import Backbone
from zsr_lib.features.in_float64 import in_float64
from zsr_lib.features.symmetries import AVERAGED, turned

BATCH = {"cpu": 8, "cuda": 128}
"""On a CPU, larger batches fall out of its caches. MobileNetV2 on one thread, images per CPU second: with channels last
57 in batches of 8 and 49 in batches of 16, without 42 and 36. ``benchmarks/features.py --layouts`` measures yours."""


_UNFILLED = ContextVar("unfilled", default=False)


@contextmanager
def unfilled() -> Iterator[None]:
    """A block in which empty images fill no batch up: sooner for one, whose last digits are then of other kernels."""
    token = _UNFILLED.set(True)
    try:
        yield
    finally:
        _UNFILLED.reset(token)


@dataclass(frozen=True, eq=False)
class Network:
    """Describes images with a backbone, in float32 on every device, or in float64 where it is `wide`.

    Attributes:
        backbone: The network and its preprocessing.
        rotations: Features are averaged over this many symmetries of the square.
        device: Where it runs; the backbone's module is moved there.
        module: The network that runs: the backbone's own, or a copy of it in float64.

    Raises:
        BadInputError: There is no such device here.
    """

    backbone: Backbone
    rotations: int = 1
    device: str = "cpu"
    module: nn.Module = field(init=False)

    def __post_init__(self) -> None:
        module = self.backbone.module
        object.__setattr__(self, "module", in_float64(module) if self.backbone.wide else module)
        try:
            self.module.to(self.device, memory_format=self.backbone.layout)
        except (RuntimeError, AssertionError) as error:
            reason = str(error).splitlines()[0]
            raise BadInputError(f"device '{self.device}' cannot be used ({reason}).", "use --device cpu.") from error

    @property
    def batch(self) -> int:
        """Images of every batch that the network sees, but inside `unfilled`."""
        return BATCH.get(self.device.partition(":")[0], BATCH["cuda"])

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        """(N, H, W, 3) uint8 → (N, D) float32."""
        if not len(pixels):
            return np.empty((0, self.backbone.dimension), dtype=np.float32)
        parts = [self._batch(pixels[start : start + self.batch]) for start in range(0, len(pixels), self.batch)]
        return np.concatenate(parts)

    @torch.inference_mode()
    def _batch(self, pixels: np.ndarray) -> np.ndarray:
        # Kernels are chosen by batch size and differ in the last bits: all batches have the same size.
        filled = np.zeros((len(pixels) if _UNFILLED.get() else self.batch, *pixels.shape[1:]), dtype=np.uint8)
        filled[: len(pixels)] = pixels
        images = self.backbone.preprocess(filled, self.device, next(self.module.parameters()).dtype)
        images = images.contiguous(memory_format=self.backbone.layout)
        total = sum(self.module(turned(images, index)) for index in AVERAGED[self.rotations])
        return (total / self.rotations)[: len(pixels)].float().cpu().numpy()
