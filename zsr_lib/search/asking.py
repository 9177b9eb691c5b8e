"""What an index is asked with, as one code: a sketch, a photo, and examples of what is wanted and what is not."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from zsr_lib.data.images import MAX_PIXELS
from zsr_lib.errors import BadInputError
from zsr_lib.search.feedback import rocchio
from zsr_lib.search.query import photo_pixels, query_pixels
from zsr_lib.search.thumbnail import cut_out

if TYPE_CHECKING:
    from zsr_lib.search.index import Index

Query = Path | str | bytes | np.ndarray
"""A picture file, its bytes, or (H, W, 3) uint8 pixels."""
Example = Query | int
"""The same, or the row of a window in the index."""


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
