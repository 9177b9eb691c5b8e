"""What is asked with: drawings, photos and examples in whatever form they come, as pixels and as one code."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from zsr_lib.data.images import MAX_PIXELS, decode_bytes
from zsr_lib.errors import BadInputError
from zsr_lib.search.embedding import as_sketch, read_sketch
from zsr_lib.search.feedback import rocchio
from zsr_lib.search.scenes import cut_out

NAME = "the drawing"
if TYPE_CHECKING:
    from zsr_lib.search.index import Index

Query = Path | str | bytes | np.ndarray
"""A picture file, its bytes, or (H, W, 3) uint8 pixels."""
Example = Query | int
"""The same, or the row of a window in the index."""


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
    """The same of a photo, which is taken as it is; files are read by `zsr_lib.search.scenes.cut_out`."""
    return _decoded(photo, size, most, "the photo")


def _decoded(picture: bytes | np.ndarray, size: int, most: int, name: str) -> np.ndarray:
    return decode_bytes(picture if isinstance(picture, bytes) else _png(picture), name, size, most)


def _png(pixels: np.ndarray) -> bytes:
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or not pixels.size:
        raise BadInputError(f"a drawing has shape {pixels.shape}, {pixels.dtype}.", "give (H, W, 3) uint8.")
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(stream, "PNG")
    return stream.getvalue()


def asked_code(
    index: "Index",
    sketch: Query | None,
    *,
    photo: bool = False,
    more: Sequence[Example] = (),
    less: Sequence[Example] = (),
    most: int = MAX_PIXELS,
) -> np.ndarray:
    """The (D,) code that an index is searched with; arguments and errors as `zsr_lib.search.index.Index.search`.

    Of a picture that is given as bytes and has more pixels than `most` nothing is decoded.
    """
    if sketch is None and not more:
        raise BadInputError("nothing says what is wanted.", "give a sketch, or a photo that is like it.")
    asked = None if sketch is None else _photo(index, sketch, most) if photo else _sketch(index, sketch, most)
    if asked is not None and not more and not less:
        return asked
    wanted, unwanted = (
        np.array([_photo(index, each) for each in several]).reshape(-1, index.form.length) for several in (more, less)
    )
    return rocchio(asked, *_alike(wanted, unwanted), index.form.distance)


def _alike(*several: np.ndarray) -> list[np.ndarray]:
    """Arrays of one type: an empty list has none of its own."""
    kind = next(each.dtype for each in several if len(each))
    return [each.astype(kind) for each in several]


def _sketch(index: "Index", sketch: Query, most: int) -> np.ndarray:
    pixels = query_pixels(Path(sketch) if isinstance(sketch, str) else sketch, index.embedder.size, most)
    return index.embedder.sketches(pixels[None])[0]


def _photo(index: "Index", photo: Example, most: int = MAX_PIXELS) -> np.ndarray:
    if isinstance(photo, int):
        return index.code_of(photo)
    size = index.embedder.size
    is_file = isinstance(photo, Path | str)
    pixels = cut_out(Path(photo), None, size, index.bands) if is_file else photo_pixels(photo, size, most)
    return index.embedder.photos(pixels[None])[0]
