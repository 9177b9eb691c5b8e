"""Features of photos by way of their machine-made drawings: what the photo would look like as a sketch."""

import hashlib
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from zsr_lib.data import drawing
from zsr_lib.data.checksums import source_checksum
from zsr_lib.features.cache import FeatureCache, cache_is_off, digests_of
from zsr_lib.features.extractor import Extractor
from zsr_lib.settings import cache_root

TOGETHER = 512
"""Photos that are drawn before the drawings are described."""


def drawn(extractor: Extractor, style: str) -> Extractor:
    """An extractor that draws each photo first.

    Args:
        extractor: Describes the drawings.
        style: One of `zsr_lib.data.drawing.STYLES`.

    Returns:
        An extractor with a cache of its own; every photo is drawn once, by the same hand, whoever describes it.
    """
    key = hashlib.sha256(f"{extractor.key} {style} {_version()}".encode()).hexdigest()
    name = f"{extractor.name} of {style} drawings"

    def describe(photos: np.ndarray) -> np.ndarray:
        """(N, D) features of the photos' drawings."""
        return extractor.describe(drawings_of(photos, style))

    return replace(extractor, name=name, key=key, describe=describe, batch=TOGETHER)


def drawings_of(photos: np.ndarray, style: str) -> np.ndarray:
    """(N, H, W, 3) uint8 drawings of photos, kept photo by photo, so that any selection of photos finds its own."""
    if cache_is_off():
        return np.stack(_made(photos, np.arange(len(photos)), style))
    height, width = photos.shape[1:3]
    folder = cache_root() / "drawings" / f"{style}-{height}x{width}-{_version()[:16]}"
    cache, digests = FeatureCache(folder, height * width, "uint8"), digests_of(photos)

    def make(rows: np.ndarray) -> np.ndarray:
        """(R, H · W) drawings of some photos, row by row."""
        return np.stack(_made(photos, rows, style))[..., 0].reshape(len(rows), -1)

    lines = cache.completed(digests, make, lambda _: None)
    return np.repeat(lines.reshape(-1, height, width, 1), 3, axis=3)


def _made(photos: np.ndarray, rows: np.ndarray, style: str) -> list[np.ndarray]:
    draw = delayed(partial(drawing.draw, style=style, seed=0))
    return Parallel(n_jobs=-1)(draw(np.asarray(photos[row])) for row in rows)


def _version() -> str:
    return source_checksum(Path(drawing.__file__).parent)
