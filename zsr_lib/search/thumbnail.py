"""Small pictures of what was found."""

import io
from pathlib import Path

from PIL import Image

from zsr_lib.errors import BadFileError
from zsr_lib.search.scenes import open_scene, read_bytes
from zsr_lib.search.windows import Window


def thumbnail(path: Path, window: Window | None, side: int) -> bytes:
    """A window of a picture as a square JPEG file; its aspect ratio is not kept, as in codes.

    Args:
        path: The file.
        window: The part of it; None takes all.
        side: Of the result in pixels.

    Raises:
        BadFileError: The file is gone, damaged, or smaller than the window.
    """
    with open_scene(path, read_bytes(path)) as scene:
        whole = Window(0, 0, scene.width, scene.height)
        left, top, width, height = window or whole
        if left + width > scene.width or top + height > scene.height:
            raise BadFileError(f"{path} is smaller than when it was indexed.", "bring the index up to date: zsr index.")
        pixels = scene.read(window or whole, side)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=85)
    return stream.getvalue()
