"""Drawings made once, in parallel, and kept in the store."""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import PIL
import scipy
import skimage

from zsr_lib.data.checksums import combined, source_checksum
from zsr_lib.data.drawing.draw import draw
from zsr_lib.data.store import open_or_build
from zsr_lib.progress import progress_bar

CHUNK = 16


@dataclass(frozen=True, eq=False)
class DrawingJob:
    """What is to be drawn.

    Attributes:
        photos: (N, H, W, 3) uint8.
        rows: (M,) which photo each drawing is of.
        seeds: (M,) the hand of each drawing.
        style: One of `zsr_lib.data.drawing.STYLES`.
        workers: Processes; one for each processor when None.
        progress: Show a bar.
    """

    photos: np.ndarray
    rows: list[int]
    seeds: list[int]
    style: str
    workers: int | None = None
    progress: bool = True

    @property
    def shape(self) -> tuple[int, ...]:
        """(M, H, W, 3)."""
        return (len(self.rows), *self.photos.shape[1:])

    @property
    def key(self) -> str:
        """Digest of everything the drawings depend on, this folder's code and the libraries it draws with included."""
        content = hashlib.sha256()
        for photo in self.photos:  # one by one: they may be memory-mapped
            content.update(np.ascontiguousarray(photo))
        libraries = " ".join(f"{each.__name__} {each.__version__}" for each in (np, scipy, skimage, PIL))
        code = source_checksum(Path(__file__).parent)
        what = f"{self.style} {self.shape} {self.rows} {self.seeds}"
        return combined([code, libraries, what, content.hexdigest()])


def drawn_pixels(job: DrawingJob) -> np.ndarray:
    """(M, H, W, 3) uint8 drawings, memory-mapped; drawn first if the store does not hold them."""
    if not job.rows:
        return np.empty(job.shape, dtype=np.uint8)
    label = f"drawn-{job.style}-{job.shape[1]}px"
    return open_or_build(label, job.key, lambda folder: _build(job, folder / "pixels.npy")).array("pixels")


def _build(job: DrawingJob, target: Path) -> dict[str, Any]:
    """Writes the array row by row, so that a large set is never in memory as a whole."""
    header = {"descr": "|u1", "fortran_order": False, "shape": job.shape}
    bar = progress_bar(
        _drawings(job), desc=f"drawing ({job.style})", total=len(job.rows), show=job.progress, unit="photo"
    )
    with target.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, header)
        for drawing in bar:
            stream.write(drawing.tobytes())
    return {"style": job.style}


def _drawings(job: DrawingJob) -> Iterator[np.ndarray]:
    """One drawing for each row, in order; photos are read from the store a block at a time."""
    workers = min(job.workers or os.cpu_count() or 1, -(-len(job.rows) // CHUNK))
    if workers <= 1:
        yield from (draw(job.photos[row], job.style, seed) for row, seed in zip(job.rows, job.seeds, strict=True))
        return
    block = workers * CHUNK * 4
    with ProcessPoolExecutor(workers) as pool:
        for at in range(0, len(job.rows), block):
            photos = (job.photos[row] for row in job.rows[at : at + block])
            yield from pool.map(draw, photos, repeat(job.style), job.seeds[at : at + block], chunksize=CHUNK)
