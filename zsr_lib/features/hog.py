"""What needs no training: histograms of oriented gradients, which sketches and photos can share, and the pixels.

HOG: Dalal and Triggs, "Histograms of oriented gradients for human detection", CVPR 2005. Gradients do not care whether
an edge is a line of ink or a border between two grounds, so one descriptor serves both modalities.
"""

import numpy as np
import torch
import torch.nn.functional as F

from zsr_lib.errors import BadInputError

ORIENTATIONS = 9
CELLS = 8
"""Cells along each side of an image; 8 × 8 cells are blocks of 2 × 2 with overlap, as in the paper."""
LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey (ITU-R BT.601)."""


def hog_features(pixels: np.ndarray, side: int | None = None) -> np.ndarray:
    """Describes images by gradient orientations.

    Args:
        pixels: (N, H, W, 3) uint8; without `side`, H and W are multiples of 8 and at least 32.
        side: Pixels along each side before gradients are taken; None takes the images as they are.

    Returns:
        (N, 7·7·2·2·9 = 1764) float32, each block L2-Hys normalised.

    Raises:
        BadInputError: The images are not of that form.
    """
    from skimage.feature import hog

    if pixels.ndim != 4 or pixels.shape[-1] != 3 or pixels.dtype != np.uint8:
        raise BadInputError(f"images have shape {pixels.shape}, {pixels.dtype}.", "give (N, H, W, 3) uint8.")
    if side is not None:
        pixels = _resized(pixels, side)
    height, width = pixels.shape[1:3]
    if height % CELLS or width % CELLS or min(height, width) < 4 * CELLS:
        raise BadInputError(f"images are {height} × {width} pixels.", "use multiples of 8, at least 32.")
    cell = (height // CELLS, width // CELLS)
    described = [
        hog(image, ORIENTATIONS, cell, (2, 2), block_norm="L2-Hys", feature_vector=True, channel_axis=-1)
        for image in pixels
    ]
    return np.asarray(described, dtype=np.float32).reshape(len(pixels), -1)


def _resized(pixels: np.ndarray, side: int) -> np.ndarray:
    if pixels.shape[1:3] == (side, side):
        return pixels
    images = torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2)
    return F.interpolate(images, (side, side), mode="bilinear", antialias=True).permute(0, 2, 3, 1).numpy()


def pixel_features(pixels: np.ndarray) -> np.ndarray:
    """Grey values, row by row: the simplest feature, small when the pictures are.

    Args:
        pixels: (N, H, W, 3) uint8.

    Returns:
        (N, H·W) float32 in 0 … 1.
    """
    grey = pixels.astype(np.float32) @ np.asarray(LUMA, dtype=np.float32) / 255
    return grey.reshape(len(pixels), pixels.shape[1] * pixels.shape[2])
