"""Drawings of whole item sets."""

import hashlib

import numpy as np

from zsr_lib.data.drawing.draw import STYLES
from zsr_lib.data.drawing.stored import DrawingJob, drawn_pixels
from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadInputError, UnknownNameError


def draw_items(
    photos: ItemSet,
    style: str = "contour",
    seed: int = 0,
    per_photo: int = 1,
    workers: int | None = None,
    progress: bool = True,
    modality: str = "sketch",
) -> ItemSet:
    """Draws every photo of a set; the result says in its origin and in every id that a machine made it.

    Drawings are kept in the store and memory-mapped, until photos, options or the drawing code change. Draw all
    photos of a data set, not those of each task: a part of a set is another entry of the store.

    Args:
        photos: N photos with pixels.
        style: One of `STYLES`.
        seed: Together with a photo's id it decides how the hand shakes, whatever else is in the set.
        per_photo: Drawings of each photo. Only ``contour`` draws them differently.
        workers: Processes; by default one for each processor. The bytes do not depend on it.
        progress: Show a progress bar.
        modality: What the drawings are: sketches to train on, or a modality of their own, such as ``edges``.

    Returns:
        N · per_photo drawings of origin ``machine``, photo by photo, with ids such as
        ``airplane/airplane00@machine-contour`` (then ``…-contour-1``) and `pairs` the photos' ids.

    Raises:
        UnknownNameError: No such style.
        BadInputError: The photos have no pixels or others than RGB uint8, or `per_photo` is not positive.
    """
    if style not in STYLES:
        raise UnknownNameError("drawing style", style, STYLES)
    if photos.pixels is None or per_photo < 1:
        raise BadInputError(
            "there is nothing to draw: photos without pixels, or no drawings asked for.",
            "give photos with pixels, and per_photo of at least 1.",
        )
    if photos.pixels.dtype != np.uint8 or photos.pixels.shape[3:] != (3,):
        raise BadInputError(
            f"{photos.modality} pixels of shape {photos.pixels.shape}, {photos.pixels.dtype}, cannot be drawn.",
            "give red, green and blue in 8 bits.",
        )
    rows = np.repeat(np.arange(len(photos)), per_photo)
    marks = [f"@machine-{style}" + (f"-{number}" if number else "") for number in range(per_photo)]
    ids = np.array([photo + mark for photo in photos.ids.tolist() for mark in marks], dtype=np.str_)
    seeds = [_seed(seed, name) for name in ids.tolist()]
    pixels = drawn_pixels(DrawingJob(photos.pixels, rows.tolist(), seeds, style, workers, progress))
    return ItemSet(ids, photos.labels[rows], photos.classes, modality, "machine", pixels=pixels, pairs=photos.ids[rows])


def _seed(seed: int, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:8], "big")
