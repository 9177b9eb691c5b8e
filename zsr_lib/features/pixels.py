"""The simplest feature: the picture itself, grey and small."""

import numpy as np
import torch
import torch.nn.functional as F

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey (ITU-R BT.601)."""


def pixel_features(pixels: np.ndarray, side: int = 32) -> np.ndarray:
    """Grey images of side × side pixels, row by row.

    Args:
        pixels: (N, H, W, 3) uint8.
        side: Pixels along each side afterwards.

    Returns:
        (N, side²) float32 in 0 … 1.
    """
    grey = torch.from_numpy(np.array(pixels)).float() @ torch.tensor(LUMA) / 255
    small = F.interpolate(grey[:, None], (side, side), mode="bilinear", antialias=True)
    return small.flatten(1).numpy()
