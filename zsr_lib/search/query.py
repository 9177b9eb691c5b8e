"""A drawing or a photo in whatever form it comes, as systems expect it."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from zsr_lib.data.images import MAX_PIXELS, decode_bytes
from zsr_lib.errors import BadInputError
from zsr_lib.search.embedding import as_sketch, read_sketch

NAME = "the drawing"


def query_pixels(sketch: Path | bytes | np.ndarray, size: int, most: int = MAX_PIXELS) -> np.ndarray:
    """Dark lines on white, squeezed into a square by the rules for all pictures (`zsr_lib.data.images`).

    Args:
        sketch: A picture file, its bytes, or (H, W, 3) uint8 pixels.
        size: Side of the result.
        most: Pixels that bytes may hold.

    Returns:
        (size, size, 3) uint8.

    Raises:
        BadFileError: No picture, damaged, or too large.
        BadInputError: Nothing is drawn on it, or the array is no picture.
    """
    if isinstance(sketch, Path):
        return read_sketch(sketch, size)
    return as_sketch(_decoded(sketch, size, most, NAME), NAME)


def photo_pixels(photo: bytes | np.ndarray, size: int, most: int = MAX_PIXELS) -> np.ndarray:
    """The same of a photo, which is taken as it is; files are read by `zsr_lib.search.thumbnail.cut_out`."""
    return _decoded(photo, size, most, "the photo")


def _decoded(picture: bytes | np.ndarray, size: int, most: int, name: str) -> np.ndarray:
    return decode_bytes(picture if isinstance(picture, bytes) else _png(picture), name, size, most)


def _png(pixels: np.ndarray) -> bytes:
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or not pixels.size:
        raise BadInputError(f"a drawing has shape {pixels.shape}, {pixels.dtype}.", "give (H, W, 3) uint8.")
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(stream, "PNG")
    return stream.getvalue()
