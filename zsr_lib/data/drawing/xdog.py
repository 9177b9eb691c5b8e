"""Extended difference of Gaussians (Winnemöller, Kyprianidis and Olsen, Computers & Graphics 36, 2012)."""

import numpy as np
from scipy.ndimage import gaussian_filter
from skimage import color

SIGMA, RATIO = 1.6, 1.6
SHARPNESS = 10.0
THRESHOLD, SLOPE = 0.25, 8.0
FLATTEN = 24.0
CONTRAST, FAINTEST = 0.12, 0.03


def xdog(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Pen-and-ink lines, thick and soft, with small dark spots filled; draws nothing from `rng`.

    The brightness G at two scales is sharpened, S = (1 + p)·G(σ) − p·G(kσ), and passed through a soft threshold:
    white where S ≥ ε, else 1 + tanh(φ·(S − ε)) (the paper's sharpened and thresholded form). Slow changes of
    brightness are taken out first, because aerial photos are dark in whole regions, which would turn into solid
    black, and contrast is brought to one level.

    Args:
        photo: (S, S, 3) uint8.
        rng: Unused; styles share one signature.

    Returns:
        (S, S) uint8, 0 black ink to 255 white paper.
    """
    grey = color.rgb2gray(photo)
    flat = grey - gaussian_filter(grey, FLATTEN, mode="nearest")
    flat = 0.5 + flat * (CONTRAST / max(flat.std(), FAINTEST))
    fine, coarse = (gaussian_filter(flat, sigma, mode="nearest") for sigma in (SIGMA, RATIO * SIGMA))
    sharp = (1 + SHARPNESS) * fine - SHARPNESS * coarse
    tone = np.where(sharp >= THRESHOLD, 1.0, 1.0 + np.tanh(SLOPE * (sharp - THRESHOLD)))
    return (255 * tone).round().astype(np.uint8)
