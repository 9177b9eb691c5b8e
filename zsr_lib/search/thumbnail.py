"""Small pictures of what was found."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zsr_lib.errors import BadFileError
from zsr_lib.search.bands import Band
from zsr_lib.search.scenes import open_scene
from zsr_lib.search.windows import Window
from zsr_lib.viz.inline_picture import picture_file


def cut_out(path: Path, window: Window | None, side: int, bands: Sequence[Band] | None = None) -> np.ndarray:
    """A window of a picture, (side, side, 3) uint8; its aspect ratio is not kept, as in codes.

    Args:
        path: The file.
        window: The part of it; None takes all.
        side: Of the result in pixels.
        bands: As `zsr_lib.search.scenes.open_scene`.

    Raises:
        BadFileError: The file is gone, damaged, or smaller than the window.
    """
    with open_scene(path, bands=bands) as scene:
        whole = Window(0, 0, scene.width, scene.height)
        left, top, width, height = window or whole
        if left + width > scene.width or top + height > scene.height:
            raise BadFileError(f"{path} is smaller than when it was indexed.", "bring the index up to date: zsr index.")
        return scene.read(window or whole, side)


def thumbnail(path: Path, window: Window | None, side: int, bands: Sequence[Band] | None = None) -> bytes:
    """What `cut_out` gives, as a JPEG file."""
    return picture_file(cut_out(path, window, side, bands))
