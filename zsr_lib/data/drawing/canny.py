"""Canny edges: the plainest line drawing, and the one that looks least like a hand's."""

import numpy as np
from skimage import color, feature

SIGMA = 2.0
QUANTILES = (0.80, 0.92)


def canny(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One-pixel edges of the brightness (Canny 1986); draws nothing from `rng`.

    Args:
        photo: (S, S, 3) uint8.
        rng: Unused; styles share one signature.

    Returns:
        (S, S) uint8, 0 on edges, 255 elsewhere.
    """
    low, high = QUANTILES
    edges = feature.canny(color.rgb2gray(photo), SIGMA, low, high, use_quantiles=True)
    return np.where(edges, 0, 255).astype(np.uint8)
