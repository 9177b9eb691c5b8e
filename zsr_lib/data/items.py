"""Item sets: photos, sketches or any other modality are the same kind of object."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from zsr_lib.data.lazy_rows import LazyRows, joined_rows, lazy
from zsr_lib.errors import BadInputError, UnknownNameError

ORIGINS = ("camera", "hand", "machine", "recipe")
"""Who made an item: a sensor, a person's hand, an algorithm that traced a photo, or a generated-scene recipe."""


@dataclass(frozen=True, eq=False)
class ItemSet:
    """N items of one modality.

    Attributes:
        ids: (N,) strings, unique within the set.
        labels: (N,) int64, indices into `classes`.
        classes: Class names; the same tuple for all item sets of one data set, so that labels agree.
        modality: ``photo``, ``sketch``, or another modality's name.
        origin: One of `ORIGINS`. Items of origin ``machine`` are never test queries.
        pixels: (N, H, W, 3) uint8 RGB, possibly memory-mapped or rows of what is, or None.
        features: (N, D) float32, or None.
        feature_key: Which extractor made the features (`zsr_lib.features.extractor.Extractor.key`); a system only
            uses features of its own extractor.
        pairs: (N,) ids of the partner item in the other modality ('' where there is none), or None.

    Raises:
        BadInputError: Lengths disagree, ids repeat, a label has no class, or the origin is unknown.
    """

    ids: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    modality: str
    origin: str
    pixels: np.ndarray | LazyRows | None = None
    features: np.ndarray | None = None
    pairs: np.ndarray | None = None
    feature_key: str = ""

    def __post_init__(self) -> None:
        count = len(self.ids)
        for name in ("labels", "pixels", "features", "pairs"):
            value = getattr(self, name)
            if value is not None and len(value) != count:
                raise BadInputError(
                    f"{name} has {len(value)} rows but there are {count} ids.",
                    "give every item one row in each array.",
                )
        if self.origin not in ORIGINS:
            raise UnknownNameError("origin", self.origin, ORIGINS)
        if len(set(self.ids.tolist())) != count:
            raise BadInputError("item ids repeat.", "make ids unique, for example 'class/stem'.")
        if count and not (self.labels.min() >= 0 and self.labels.max() < len(self.classes)):
            raise BadInputError("a label has no class name.", f"use labels 0 … {len(self.classes) - 1}.")

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def class_names(self) -> np.ndarray:
        """(N,) class name of each item."""
        return np.asarray(self.classes, dtype=object)[self.labels]

    def take(self, rows: np.ndarray) -> "ItemSet":
        """The items at `rows` (indices or a boolean mask); memory-mapped pixels are copied when they are looked at."""
        rows = np.flatnonzero(rows) if np.asarray(rows).dtype == bool else np.asarray(rows, dtype=np.int64)
        picked = {
            name: None if (value := getattr(self, name)) is None else value[rows]
            for name in ("ids", "labels", "features", "pairs")
        }
        pixels = lazy(self.pixels).take(rows) if _on_disk(self.pixels) else self.pixels
        return replace(self, **picked, pixels=pixels[rows] if isinstance(pixels, np.ndarray) else pixels)

    def rows_of(self, names: Iterable[str]) -> np.ndarray:
        """(M,) row indices of the items whose class is among `names`, in set order.

        Raises:
            UnknownNameError: A name is not a class of this set.
        """
        names = list(names)
        for name in names:
            if name not in self.classes:
                raise UnknownNameError("class", name, self.classes)
        wanted = [self.classes.index(name) for name in names]
        return np.flatnonzero(np.isin(self.labels, wanted))

    def of_classes(self, names: Iterable[str]) -> "ItemSet":
        """The items whose class is among `names`, in set order."""
        return self.take(self.rows_of(names))


def joined(first: ItemSet, *others: ItemSet) -> ItemSet:
    """All items in one set, in order; ``machine`` as soon as one part is, since that origin is the one refused.

    Pixels, features and pairs are kept where every part has them.

    Raises:
        BadInputError: Class lists, modalities or picture sizes differ, or ids repeat.
    """
    parts = (first, *others)
    if any((part.classes, part.modality) != (first.classes, first.modality) for part in others):
        raise BadInputError("item sets of different classes or modalities cannot be joined.", "join like with like.")
    if len({part.pixels.shape[1:] for part in parts if part.pixels is not None}) > 1:
        raise BadInputError("pictures of different sizes cannot be joined.", "load and draw them at one size.")
    origins = {part.origin for part in parts}
    same_features = len({part.feature_key for part in parts}) == 1
    return ItemSet(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.labels for part in parts]),
        first.classes,
        first.modality,
        "machine" if "machine" in origins else first.origin,
        pixels=_stacked([part.pixels for part in parts]),
        features=_stacked([part.features for part in parts]) if same_features else None,
        pairs=_stacked([part.pairs for part in parts]),
        feature_key=first.feature_key if same_features else "",
    )


def _stacked(arrays: list) -> np.ndarray | LazyRows | None:
    if any(array is None for array in arrays):
        return None
    return joined_rows(arrays) if all(map(_on_disk, arrays)) else np.concatenate(list(map(np.asarray, arrays)))


def _on_disk(pixels: np.ndarray | LazyRows | None) -> bool:
    return isinstance(pixels, np.memmap | LazyRows)
