"""A figure's twin for the dark theme: paper and ink change places, photos stay as they are."""

import numpy as np
from PIL import Image
from scipy import ndimage

PAPER, INK = (18, 18, 18), (222, 228, 234)
"""RGB of the page's background and of its text in the dark theme."""
SMALLEST, FULL, COLOURS, PLAIN = 24, 0.9, 64, 0.4
"""What tells a photo from a bar or a box with words: its least side in pixels, the part of its rectangle that is not
white, its colours, and the largest part of it that may be of one colour."""
DIMMEST, LIFT = 150, 0.6
"""Lightness, 0 … 255, that strong colours have in the dark at least, and how strong one must be for that."""


def dark_twin(figure: Image.Image) -> Image.Image | None:
    """Inverts the lightness of everything but photos; hues stay.

    Args:
        figure: Drawn on white.

    Returns:
        The twin, or None for a picture that has (nearly) no paper, which looks the same in both themes.
    """
    light = np.asarray(on_white(figure), np.int16)
    photos = _photos(light)
    if photos.mean() > FULL or (light.min(axis=2) >= 250).mean() < 1 - FULL:
        return None
    # The lightness of HSL is the mean of the largest and the smallest channel; this mirrors it at the middle.
    largest, least = light.max(axis=2, keepdims=True), light.min(axis=2, keepdims=True)
    lightness = 255 - (largest + least) / 2
    # A colour in the middle would be as dim as it was, on paper that is dark now.
    lift = np.clip(np.minimum(DIMMEST, lightness + LIFT * (largest - least)) - lightness, 0, None)
    mirrored = np.clip(light + 255 - largest - least + lift, 0, 255) / 255
    dark = np.asarray(PAPER) + mirrored * (np.asarray(INK) - np.asarray(PAPER))
    return Image.fromarray(np.where(photos[..., None], light, dark).astype(np.uint8))


def on_white(figure: Image.Image) -> Image.Image:
    """The figure as RGB, what is transparent as white."""
    rgba = figure.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")


def _photos(light: np.ndarray) -> np.ndarray:
    """Which pixels of (H, W, 3) lie in full rectangles of many colours: (H, W) booleans."""
    inked = light.min(axis=2) < 255
    labels, _ = ndimage.label(inked)
    found = np.zeros(inked.shape, bool)
    for place in ndimage.find_objects(labels):
        if min(each.stop - each.start for each in place) < SMALLEST or inked[place].mean() < FULL:
            continue
        counts = np.unique(light[place].reshape(-1, 3), axis=0, return_counts=True)[1]
        if len(counts) > COLOURS and counts.max() < PLAIN * counts.sum():
            found[place] = True
    return found
