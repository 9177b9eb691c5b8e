"""Item sets: photos, sketches or any other modality are the same kind of object."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

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
        pixels: (N, H, W, 3) uint8 RGB, possibly memory-mapped, or None.
        features: (N, D) float32, or None.
        pairs: (N,) ids of the partner item in the other modality ('' where there is none), or None.

    Raises:
        BadInputError: Lengths disagree, ids repeat, a label has no class, or the origin is unknown.
    """

    ids: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    modality: str
    origin: str
    pixels: np.ndarray | None = None
    features: np.ndarray | None = None
    pairs: np.ndarray | None = None

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
        """The items at `rows` (indices or a boolean mask); pixels are copied only for those rows."""
        rows = np.flatnonzero(rows) if np.asarray(rows).dtype == bool else np.asarray(rows, dtype=np.int64)
        picked = {
            name: None if (value := getattr(self, name)) is None else value[rows]
            for name in ("ids", "labels", "pixels", "features", "pairs")
        }
        return replace(self, **picked)

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
