"""Drawings of whole item sets, in parallel."""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

import numpy as np

from zsr_lib.data.drawing.draw import STYLES, draw
from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.progress import progress_bar

CHUNK = 16


def draw_items(
    photos: ItemSet,
    style: str = "contour",
    seed: int = 0,
    per_photo: int = 1,
    workers: int | None = None,
    progress: bool = True,
) -> ItemSet:
    """Draws every photo of a set; the result says in its origin and in every id that a machine made it.

    Args:
        photos: N photos with pixels.
        style: One of `STYLES`.
        seed: Together with a photo's id it decides how the hand shakes, whatever else is in the set.
        per_photo: Drawings of each photo. Only ``contour`` draws them differently.
        workers: Processes; by default one for each processor. The bytes do not depend on it.
        progress: Show a progress bar.

    Returns:
        N · per_photo sketches of origin ``machine``, photo by photo, with ids such as
        ``airplane/airplane00@machine-contour`` (then ``…-contour-1``) and `pairs` the photos' ids.

    Raises:
        UnknownNameError: No such style.
        BadInputError: The photos have no pixels, or `per_photo` is not positive.
    """
    if style not in STYLES:
        raise UnknownNameError("drawing style", style, STYLES)
    if photos.pixels is None or per_photo < 1:
        raise BadInputError(
            "there is nothing to draw: photos without pixels, or no drawings asked for.",
            "give photos with pixels, and per_photo of at least 1.",
        )
    rows = np.repeat(np.arange(len(photos)), per_photo)
    marks = [f"@machine-{style}" + (f"-{number}" if number else "") for number in range(per_photo)]
    ids = [photo + mark for photo in photos.ids.tolist() for mark in marks]
    drawings = _drawings(photos.pixels, rows.tolist(), style, [_seed(seed, name) for name in ids], workers)
    bar = progress_bar(drawings, desc=f"drawing ({style})", total=len(ids), show=progress, unit="photo")
    pixels = np.empty((len(ids), *photos.pixels.shape[1:]), dtype=np.uint8)
    for row, drawing in enumerate(bar):
        pixels[row] = drawing
    return ItemSet(
        np.array(ids), photos.labels[rows], photos.classes, "sketch", "machine", pixels, pairs=photos.ids[rows]
    )


def _seed(seed: int, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:8], "big")


def _drawings(
    pixels: np.ndarray, rows: list[int], style: str, seeds: list[int], workers: int | None
) -> Iterator[np.ndarray]:
    """One drawing for each row, in order; photos are read from the store a block at a time."""
    workers = min(workers or os.cpu_count() or 1, -(-len(rows) // CHUNK))
    if workers <= 1:
        yield from (draw(pixels[row], style, seed) for row, seed in zip(rows, seeds, strict=True))
        return
    block = workers * CHUNK * 4
    with ProcessPoolExecutor(workers) as pool:
        for at in range(0, len(rows), block):
            photos = (pixels[row] for row in rows[at : at + block])
            yield from pool.map(draw, photos, repeat(style), seeds[at : at + block], chunksize=CHUNK)
