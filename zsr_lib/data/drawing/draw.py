"""Photo → line drawing, by style."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from zsr_lib.data.drawing.canny import canny
from zsr_lib.data.drawing.contour import contour
from zsr_lib.data.drawing.xdog import xdog
from zsr_lib.errors import BadInputError, UnknownNameError

WORKING_SIDE = 256
"""Every style works on a photo of this side, so that its lengths in pixels mean the same for all photos."""

STYLES: dict[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]] = {
    "canny": canny,
    "xdog": xdog,
    "contour": contour,
}


def draw(photo: np.ndarray, style: str = "contour", seed: int = 0, size: int | None = None) -> np.ndarray:
    """Turns a photo into a drawing of black lines on white paper.

    Args:
        photo: (H, W, 3) uint8 RGB, at least 8 pixels each way.
        style: One of `STYLES`.
        seed: Same photo, style and seed give the same bytes. Only ``contour`` depends on it.
        size: Side of the drawing in pixels; by default the photo's height and width.

    Returns:
        (size, size, 3) or (H, W, 3) uint8 RGB.

    Raises:
        UnknownNameError: No such style; names the nearest.
        BadInputError: Not such a photo or size.
    """
    if style not in STYLES:
        raise UnknownNameError("drawing style", style, STYLES)
    photo = np.asarray(photo)
    if photo.ndim != 3 or photo.shape[2] != 3 or photo.dtype != np.uint8 or min(photo.shape[:2]) < 8:
        raise BadInputError(
            f"cannot draw an array of shape {photo.shape} and type {photo.dtype}.",
            "give a photo as (height, width, 3) uint8, at least 8 × 8 pixels.",
        )
    if size is not None and not 8 <= size <= 1024:
        raise BadInputError(f"a drawing cannot be {size} pixels wide.", "use 8 … 1024, or leave size out.")
    working = Image.fromarray(photo).resize((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BICUBIC)
    lines = STYLES[style](np.asarray(working), np.random.default_rng(seed))
    target = (size, size) if size else (photo.shape[1], photo.shape[0])
    shrunk = Image.fromarray(lines).resize(target, Image.Resampling.BOX)
    return np.repeat(np.asarray(shrunk)[..., None], 3, axis=2)
