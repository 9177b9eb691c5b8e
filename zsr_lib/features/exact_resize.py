"""Resizing of 8-bit pictures as Pillow and torch compute it, bit by bit, in operations that ONNX has.

Both filter rows, then columns, with weights that are rounded to fixed point, and round each result to 8 bits. All
products and sums are whole numbers below 2⁵³, so float64 computes them exactly, in whatever order.
"""

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PILLOW_BITS = 22
"""Fraction digits of Pillow's weights: ``PRECISION_BITS`` in its ``Resample.c``."""


class ExactResize(nn.Module):
    """(…, side, side) whole numbers 0 … 255 → (…, result, result), antialiased.

    Args:
        side: Of the pictures, in pixels.
        result: Of what comes out; the same side changes nothing.
        rules: ``pillow``: ``Image.resize`` with ``BICUBIC``; ``torch``: ``interpolate`` of uint8, ``bilinear``.
    """

    weights: Tensor

    def __init__(self, side: int, result: int, rules: Literal["pillow", "torch"]) -> None:
        super().__init__()
        self.same, self.result = side == result, result
        mode = "bicubic" if rules == "pillow" else "bilinear"
        # What a filter does to the columns of the unit matrix is its own matrix.
        unit = torch.eye(side, dtype=torch.float64)[None, None]
        weights = F.interpolate(unit, (result, side), mode=mode, antialias=True)[0, 0]
        self.bits = PILLOW_BITS if rules == "pillow" else _torch_bits(float(weights.max()))
        self.register_buffer("weights", _rounded(weights * 2**self.bits))

    def forward(self, pictures: Tensor) -> Tensor:
        """float64 pictures → float64 pictures."""
        if self.same:
            return pictures
        rows = self._eight_bits(pictures @ self.weights.T)
        return self._eight_bits(self.weights @ rows)

    def _eight_bits(self, sums: Tensor) -> Tensor:
        return torch.floor((sums + 2 ** (self.bits - 1)) / 2**self.bits).clamp(0, 255)


def _torch_bits(largest: float) -> int:
    """As many fraction digits as 16-bit weights have room for (``UpSampleKernel.cpp``)."""
    return next((bits for bits in range(22) if int(0.5 + largest * 2 ** (bits + 1)) >= 2**15), 22)


def _rounded(values: Tensor) -> Tensor:
    """To the nearest whole number, halves away from zero."""
    return torch.sign(values) * torch.floor(values.abs() + 0.5)
