"""A map of numbers over the photo that it belongs to."""

import numpy as np
from matplotlib.colors import to_rgb

from zsr_lib.errors import BadInputError
from zsr_lib.viz.palette import BLUE, ORANGE

STRONGEST = 0.75
"""Share of the tint where the map is largest: what is below stays recognisable."""
KEY = "orange: hidden there, the match gets worse; blue: better; strongest colour = largest change in this photo"


def overlay(photo: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The photo in grey, tinted orange where values are positive and blue where they are negative.

    Args:
        photo: (H, W, 3) uint8.
        values: (H, W); the largest magnitude gets the strongest tint, so that colours of two photos do not compare.

    Returns:
        (H, W, 3) uint8.

    Raises:
        BadInputError: Sizes differ, or a value is not finite.
    """
    if photo.shape != (*values.shape, 3) or not np.isfinite(values).all():
        raise BadInputError(
            f"a map of shape {values.shape} does not fit a photo of shape {photo.shape}, or is not finite.",
            "give one finite number for each pixel of the photo.",
        )
    grey = photo.mean(axis=2, keepdims=True) * np.ones(3)
    share = (values / (np.abs(values).max() or 1))[..., None]
    tint = np.where(share > 0, to_rgb(ORANGE), to_rgb(BLUE)) * 255
    strength = STRONGEST * np.abs(share)
    return np.rint((1 - strength) * grey + strength * tint).astype(np.uint8)
