"""Features of photos by way of their machine-made drawings: what the photo would look like as a sketch."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from zsr_lib.data import drawing
from zsr_lib.data.checksums import source_checksum
from zsr_lib.features.extractor import Extractor


def drawn(extractor: Extractor, style: str) -> Extractor:
    """An extractor that draws each photo first.

    Args:
        extractor: Describes the drawings.
        style: One of `zsr_lib.data.drawing.STYLES`.

    Returns:
        An extractor with a cache of its own; every photo is drawn once, by the same hand.
    """

    def describe(pixels: np.ndarray) -> np.ndarray:
        return extractor.describe(np.stack([drawing.draw(photo, style, seed=0) for photo in pixels]))

    code = source_checksum(Path(drawing.__file__).parent)
    key = hashlib.sha256(f"{extractor.key} {style} {code}".encode()).hexdigest()
    return replace(extractor, name=f"{extractor.name} of {style} drawings", key=key, describe=describe)
