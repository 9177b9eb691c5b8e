"""Item sets: photos, sketches, spectral tiles, sentences or any other modality are the same kind of object."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zsr_lib.data.lazy_rows import LazyRows, joined_rows, lazy
from zsr_lib.errors import BadInputError, UnknownNameError

ORIGINS = ("camera", "hand", "machine", "recipe")
"""Who made an item: a sensor, a person, an algorithm that traced a photo, or a generated-scene recipe."""

GIVEN = "given"
"""`feature_key` of features that a data set brings along."""

PAYLOADS = ("pixels", "features", "tokens", "sentences")
_ROWS = ("ids", "labels", *PAYLOADS, "pairs", "tags", "footprints")


@dataclass(frozen=True, eq=False)
class ItemSet:
    """N items of one modality; of the payloads, systems use the one that they need.

    Attributes:
        ids: (N,) strings, unique within the set.
        labels: (N,) int64, indices into `classes`.
        classes: Class names; the same tuple for all item sets of one data set, so that labels agree. The class ``""``
            is that of items without one.
        modality: ``photo``, ``sketch``, ``pan``, ``text`` or another name.
        origin: One of `ORIGINS`. Items of origin ``machine`` are never tested with.
        pixels: (N, H, W, C) of any type, RGB uint8 for most; possibly memory-mapped or rows of what is, or None.
        features: (N, D) float32, or None.
        feature_key: Which extractor made the features (`zsr_lib.features.extractor.Extractor.key`), or `GIVEN`; a
            system only uses features of its own extractor.
        pairs: (N,) ids of the partner items in another modality ('' where there is none), or None.
        bands: Names of the C bands of `pixels`; () where they are red, green and blue.
        tokens: (N, T, D) float32, or None.
        sentences: (N,) texts, or None.
        tags: (N, L) uint8, 1 where an item has a label of several, or None.
        tag_names: Names of the L tags.
        footprints: (N, 5) float64: number of the scene that an item is cut from, then top, left, bottom and right in
            units of the scene; or None.

    Raises:
        BadInputError: Lengths disagree, ids repeat, a label has no class, or bands, tags or footprints have other
            columns than names.
        UnknownNameError: The origin is unknown.
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
    bands: tuple[str, ...] = ()
    tokens: np.ndarray | LazyRows | None = None
    sentences: np.ndarray | None = None
    tags: np.ndarray | None = None
    tag_names: tuple[str, ...] = ()
    footprints: np.ndarray | None = None

    def __post_init__(self) -> None:
        count = len(self.ids)
        for name, value in _rows(self).items():
            if len(value) != count:
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
        self._check_columns()

    def _check_columns(self) -> None:
        tags = None if self.tags is None else self.tags.shape[1:]
        if (tags or (0,)) != (len(self.tag_names),):
            raise BadInputError(
                f"{self.modality} items have {len(self.tag_names)} tag names, but tags of shape {tags}.",
                "give (N, L) tags and L names.",
            )
        if self.bands and self.pixels is not None and self.pixels.shape[3:] != (len(self.bands),):
            raise BadInputError(
                f"{self.modality} pixels of shape {self.pixels.shape} do not have {len(self.bands)} bands "
                f"({', '.join(self.bands)}).",
                "give (N, H, W, C) pixels and C names.",
            )
        if self.footprints is not None and self.footprints.shape[1:] != (5,):
            raise BadInputError(
                f"footprints have shape {self.footprints.shape}.", "give (N, 5): scene, top, left, bottom, right."
            )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def full_ids(self) -> list[str]:
        """``<modality>/<id>`` of each item: unique among all modalities of a data set."""
        return [f"{self.modality}/{each}" for each in self.ids.tolist()]

    @property
    def class_names(self) -> np.ndarray:
        """(N,) class name of each item."""
        return np.asarray(self.classes, dtype=object)[self.labels]

    def take(self, rows: np.ndarray) -> "ItemSet":
        """The items at `rows` (indices or a boolean mask); what is memory-mapped is copied when it is looked at."""
        rows = np.flatnonzero(rows) if np.asarray(rows).dtype == bool else np.asarray(rows, dtype=np.int64)
        return replace(self, **{name: _taken(value, rows) for name, value in _rows(self).items()})

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

    def rows_with(self, ids: Collection[str]) -> np.ndarray:
        """(M,) row indices of the items whose id is among `ids`, in set order; other ids are passed over."""
        return np.flatnonzero(np.isin(self.ids, list(ids)))

    def of_ids(self, ids: Collection[str]) -> "ItemSet":
        """The items whose id is among `ids`, in set order."""
        return self.take(self.rows_with(ids))


def joined(first: ItemSet, *others: ItemSet) -> ItemSet:
    """All items in one set, in order; ``machine`` as soon as one part is, since that origin is the one refused.

    What only some parts have (features, pairs, tags, …) is left out.

    Raises:
        BadInputError: Class lists, modalities, bands or picture sizes differ, or ids repeat.
    """
    parts = (first, *others)
    if any((part.classes, part.modality) != (first.classes, first.modality) for part in others):
        raise BadInputError("item sets of different classes or modalities cannot be joined.", "join like with like.")
    if len({(part.bands, part.pixels.shape[1:]) for part in parts if part.pixels is not None}) > 1:
        raise BadInputError("pictures of different sizes or bands cannot be joined.", "load and draw them alike.")
    values = {name: _stacked([getattr(part, name) for part in parts]) for name in _ROWS}
    if any(part.feature_key != first.feature_key for part in others):
        values |= {"features": None, "feature_key": ""}
    if any(part.tag_names != first.tag_names for part in others) or values["tags"] is None:
        values |= {"tags": None, "tag_names": ()}
    made_by_machine = any(part.origin == "machine" for part in parts)
    return replace(first, **values, origin="machine" if made_by_machine else first.origin)


def _rows(items: ItemSet) -> dict[str, Any]:
    """Name → array of every field that has a row for each item."""
    return {name: value for name in _ROWS if (value := getattr(items, name)) is not None}


def _taken(array: np.ndarray | LazyRows, rows: np.ndarray) -> np.ndarray | LazyRows:
    return lazy(array).take(rows) if _on_disk(array) else array[rows]


def _stacked(arrays: Sequence[np.ndarray | LazyRows | None]) -> np.ndarray | LazyRows | None:
    there = [array for array in arrays if array is not None]
    if len(there) < len(arrays):
        return None
    return joined_rows(there) if all(map(_on_disk, there)) else np.concatenate(list(map(np.asarray, there)))


def _on_disk(array: np.ndarray | LazyRows) -> bool:
    """Whether rows are large and memory-mapped, so that they are worth waiting with: pixels and tokens."""
    return isinstance(array, np.memmap | LazyRows) and array.ndim > 2
