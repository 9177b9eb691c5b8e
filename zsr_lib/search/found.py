"""What a drawing found: the drawing, the photos, how they were compared, and what of a photo the match hangs on."""

import itertools
from dataclasses import dataclass

import numpy as np

from zsr_lib.errors import BadInputError
from zsr_lib.models.method import Method
from zsr_lib.search.embedding import embed_pixels
from zsr_lib.search.near import distances_from

GREY = 128
TOGETHER = 64
"""Hidden pictures that are embedded at a time."""


@dataclass(frozen=True, eq=False)
class Photo:
    """One photo that was found.

    Attributes:
        name: Its class, or where it lies.
        group: ``seen``, ``validation`` or ``unseen`` in the task; '' where nobody knows.
        pixels: (H, W, 3) uint8.
        distance: From the drawing's code.
        score: Higher is better: the cosine, or minus the distance.
    """

    name: str
    group: str
    pixels: np.ndarray
    distance: float
    score: float

    @property
    def written(self) -> str:
        """The score as it is shown."""
        return f"{self.score:z.3f}".removesuffix(".000")  # bits are counted


@dataclass(frozen=True, eq=False)
class Found:
    """The answer to one drawing.

    Attributes:
        sketch: (H, W, 3) uint8, as the system saw it.
        code: (D,) the system's code of it.
        method: The system.
        system: What it is called here.
        distance: How codes were compared.
        group: The part of the gallery that was searched.
        searched: Number of photos in that part.
        photos: What was found, best first.
    """

    sketch: np.ndarray
    code: np.ndarray
    method: Method
    system: str
    distance: str
    group: str
    searched: int
    photos: tuple[Photo, ...]

    def looked_at(self, place: int) -> np.ndarray:
        """(H, W) float32: what the match with photo number `place` (from 0) hangs on, see `occlusion_map`."""
        return occlusion_map(self.method, self.photos[place].pixels, self.code, self.distance)

    @property
    def searched_in_words(self) -> str:
        """How many photos of what were searched."""
        return f"{self.searched} photos" + ("" if self.group == "all" else f" of {self.group} classes")

    def in_words(self) -> str:
        """The same as a sentence, for those who do not see the pictures; without scores."""
        told = "; ".join(f"{each.name} ({each.group})" if each.group else each.name for each in self.photos)
        return (
            f"A sketch and the {len(self.photos)} photos that {self.system} finds nearest to it by {self.distance} "
            f"distance among {self.searched_in_words}, best first: {told}."
        )


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
    corners, patch = _squares(photo, patch, step)
    rises = _rises(method, photo, code, distance or method.distance, corners, patch)
    total, covers = np.zeros((2, *photo.shape[:2]))
    for (top, left), rise in zip(corners, rises, strict=True):
        total[top : top + patch, left : left + patch] += rise
        covers[top : top + patch, left : left + patch] += 1
    return (total / covers).astype(np.float32)


def _squares(photo: np.ndarray, patch: int | None, step: int | None) -> tuple[list[tuple[int, int]], int]:
    """Corners and side of the squares that cover a photo."""
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
    return list(itertools.product(*(_starts(side, patch, step) for side in photo.shape[:2]))), patch


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
