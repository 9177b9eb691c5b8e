"""The simplest feature: the picture itself, grey; small when the pictures are."""

import numpy as np

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey (ITU-R BT.601)."""


def pixel_features(pixels: np.ndarray) -> np.ndarray:
    """Grey values, row by row.

    Args:
        pixels: (N, H, W, 3) uint8.

    Returns:
        (N, H·W) float32 in 0 … 1.
    """
    grey = pixels.astype(np.float32) @ np.asarray(LUMA, dtype=np.float32) / 255
    return grey.reshape(len(pixels), pixels.shape[1] * pixels.shape[2])
