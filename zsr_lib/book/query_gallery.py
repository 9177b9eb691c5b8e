"""Which pictures a reader searches on the page "Draw a query", and which drawings are offered as examples."""

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from zsr_lib.data.datasets import dataset_info, load_dataset
from zsr_lib.data.items import ItemSet
from zsr_lib.data.registry import Dataset
from zsr_lib.search.onnx import SIDE
from zsr_lib.viz.contact_sheet import evenly

PHOTOS = 500
"""About so many, alike many of each class."""
TILE = 96
"""Side of a thumbnail in pixels: what half a telephone's width shows sharply."""
FRESH_SEED = 1
"""Of generated scenes: the book's systems are trained on those of seed 0, so that no photo in here was trained on."""
EXAMPLES = 8


@dataclass(frozen=True, eq=False)
class Gallery:
    """What can be found.

    Attributes:
        title: Of the data set.
        credit: Terms, and what to cite.
        photos: At the size that the system takes.
        thumbnails: (N, `TILE`, `TILE`, 3) uint8 of the same photos.
        examples: Drawings of `SIDE` pixels, one of a class; none where the data set has none.
    """

    title: str
    credit: str
    photos: ItemSet
    thumbnails: np.ndarray
    examples: ItemSet


def query_gallery(data: str, size: int) -> Gallery:
    """Photos of Earth on Canvas where the data are ``real``, else generated scenes that nothing was trained on.

    Args:
        data: ``real`` or ``generated``.
        size: Side in pixels to which the system's photos are decoded.

    Raises:
        DataNotFoundError: The real data are not here.
    """
    info = dataset_info("eoc" if data == "real" else "generated")
    each = round(PHOTOS / len(info.classes))
    options = {} if data == "real" else {"per_class": each, "seed": FRESH_SEED}

    large = load_dataset(info.name, SIDE, progress=False, **options)
    decoded = large if size == SIDE else load_dataset(info.name, size, progress=False, **options)
    thumbnails = np.stack([_thumbnail(pixels) for pixels in _of_each_class(large.photos, each).pixels])
    credit = f"{info.terms}; {info.citation}"
    return Gallery(info.title, credit, _of_each_class(decoded.photos, each), thumbnails, _examples(large))


def _of_each_class(items: ItemSet, count: int) -> ItemSet:
    """At most `count` items of each class, spread evenly over it."""
    rows = [np.flatnonzero(items.labels == label) for label in range(len(items.classes))]
    return items.take(np.concatenate([each[evenly(len(each), count)] for each in rows]))


def _examples(dataset: Dataset) -> ItemSet:
    if dataset.sketches is None:
        return replace(dataset.photos.take(np.arange(0)), modality="sketch", origin="hand")
    firsts = _of_each_class(dataset.sketches, 1)
    return firsts.take(evenly(len(firsts), EXAMPLES))


def _thumbnail(pixels: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(np.asarray(pixels)).resize((TILE, TILE), Image.Resampling.LANCZOS))
