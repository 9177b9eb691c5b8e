"""Searching one's own pictures from Python: ``embed``, ``index``, ``search``."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import numpy as np

from zsr_lib.data.images import decode_image
from zsr_lib.errors import BadInputError
from zsr_lib.search.building import Changes, Options, build_index
from zsr_lib.search.default_model import DEFAULT_MODEL
from zsr_lib.search.embedding import Embedder, embedder, read_sketch
from zsr_lib.search.filters import Filter
from zsr_lib.search.hit import Hit
from zsr_lib.search.index import Index
from zsr_lib.search.query import Query

__all__ = ["Changes", "Embedder", "Filter", "Hit", "Index", "Options", "embed", "embedder", "index", "search"]

BATCH = 64


def embed(
    pictures: Path | str | Iterable[Path | str],
    kind: Literal["photo", "sketch"] = "photo",
    model: Path | str = DEFAULT_MODEL,
) -> np.ndarray:
    """One vector a picture.

    Args:
        pictures: A file, or several. Each is squeezed into a square; cut large scenes with `index` instead.
        kind: ``photo``, or ``sketch`` for dark lines on white.
        model: A run's folder, or the system that ships with the package.

    Returns:
        (N, D) float32, in the order of the files; packed bits (N, B) uint8 from systems that give bits.

    Raises:
        BadFileError: A file is no picture or is damaged; or there is no system in the folder.
        BadInputError: A sketch is empty, or no file was named.
    """
    files = [Path(pictures)] if isinstance(pictures, Path | str) else [Path(each) for each in pictures]
    if not files:
        raise BadInputError("there is nothing to embed.", "name at least one picture.")
    if kind not in ("photo", "sketch"):
        raise BadInputError(f"pictures cannot be embedded as '{kind}'.", "say kind='photo' or kind='sketch'.")
    system = embedder(Path(model))
    read, codes_of = (decode_image, system.photos) if kind == "photo" else (read_sketch, system.sketches)
    batches = (files[start : start + BATCH] for start in range(0, len(files), BATCH))
    return np.concatenate([codes_of(np.stack([read(path, system.size) for path in batch])) for batch in batches])


def index(
    pictures: Path | str,
    folder: Path | str,
    model: Path | str = DEFAULT_MODEL,
    options: Options | None = None,
    progress: bool = True,
) -> Index:
    """The index of a folder of pictures, made or brought up to date; see `zsr_lib.search.building.build_index`."""
    build_index(Path(pictures), Path(folder), embedder(Path(model)), options, progress)
    return Index(Path(folder))


def search(
    folder: Path | str, sketch: Query | None = None, count: int = 20, where: Filter | None = None, **asked: Any
) -> list[Hit]:
    """The pictures of an index that are nearest to a sketch, best first; see `zsr_lib.search.index.Index.search`.

    Who asks often opens `Index` once: it keeps the system and the codes in memory.
    """
    return Index(Path(folder)).search(sketch, count, where, **asked)
