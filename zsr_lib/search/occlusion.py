"""What a system looked at in a photo, asked from outside: hide a place, and see how much worse the match gets."""

import itertools

import numpy as np

from zsr_lib.errors import BadInputError
from zsr_lib.models.method import Method
from zsr_lib.search.embedding import embed_pixels
from zsr_lib.search.near import distances_from

GREY = 128
TOGETHER = 64
"""Hidden pictures that are embedded at a time."""


def occlusion_map(
    method: Method,
    photo: np.ndarray,
    code: np.ndarray,
    distance: str | None = None,
    patch: int | None = None,
    step: int | None = None,
) -> np.ndarray:
    """How much farther a photo gets from a sketch's code where a grey square hides a part of it.

    Works for every system, as nothing of it is used but `embed`; the cache keeps nothing of the hidden pictures.
    A place is answered for by all squares that cover it, so the map is as coarse as a square. It says what this match
    hangs on, not why: two places that say the same cover for each other, and a grey square is a shape, too.

    Source: Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, section 4.2, with the
    similarity to the sketch in place of a class's probability.

    Args:
        method: A fitted system.
        photo: (H, W, 3) uint8.
        code: (D,) code of the sketch, by the same system.
        distance: How codes are compared; by default the system's own distance.
        patch: Side of the square in pixels; by default a quarter of the photo's shorter side.
        step: From one square to the next; by default half a square. The last ones end at the photo's edges.

    Returns:
        (H, W) float32, the mean rise of the distance over the squares that cover each pixel, in the distance's unit;
        negative where the photo matches better without.

    Raises:
        BadInputError: No photo, a square or step that does not fit it, or codes that the distance cannot compare.
        UnknownNameError: Unknown distance.
    """
    if photo.ndim != 3 or photo.shape[2] != 3 or photo.dtype != np.uint8:
        raise BadInputError(f"a photo has shape {photo.shape}, {photo.dtype}.", "give (H, W, 3) uint8.")
    short = min(photo.shape[:2])
    patch = max(1, short // 4) if patch is None else patch
    step = max(1, patch // 2) if step is None else step
    if not 1 <= patch <= short or not 1 <= step <= patch:
        raise BadInputError(
            f"squares of {patch} px every {step} px on a photo of {photo.shape[1]} × {photo.shape[0]} px.",
            "give a patch within the photo, and a step of 1 px up to the patch, so that no place is left out.",
        )
    corners = list(itertools.product(*(_starts(side, patch, step) for side in photo.shape[:2])))
    rises = _rises(method, photo, code, distance or method.distance, corners, patch)
    total, covers = np.zeros((2, *photo.shape[:2]))
    for (top, left), rise in zip(corners, rises, strict=True):
        total[top : top + patch, left : left + patch] += rise
        covers[top : top + patch, left : left + patch] += 1
    return (total / covers).astype(np.float32)


def _starts(side: int, patch: int, step: int) -> list[int]:
    return sorted({*range(0, side - patch, step), side - patch})


def _rises(
    method: Method, photo: np.ndarray, code: np.ndarray, distance: str, corners: list[tuple[int, int]], patch: int
) -> np.ndarray:
    """(P,) rise of the distance to `code` with a square at each corner."""
    own = distances_from(code, embed_pixels(method, photo[None], "photo"), distance)
    found = []
    for start in range(0, len(corners), TOGETHER):
        some = corners[start : start + TOGETHER]
        hidden = np.repeat(photo[None], len(some), axis=0)
        for picture, (top, left) in zip(hidden, some, strict=True):
            picture[top : top + patch, left : left + patch] = GREY
        found.append(distances_from(code, embed_pixels(method, hidden, "photo"), distance))
    return np.concatenate(found) - own
