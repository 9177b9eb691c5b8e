"""Which gallery items match a query: by equal key, or by any shared label.

One idea serves four purposes. Equal class labels, any shared label of a multi-label archive, or the identifier of the
paired item say what is *relevant*; equal item identifiers say what is *excluded* (the query itself); equal classes say
*within* what part of the gallery an instance is looked for.
"""

from typing import Protocol

import numpy as np

from zsr_lib.errors import BadInputError


class Matching(Protocol):
    """Q queries against N gallery items."""

    shape: tuple[int, int]

    def columns(self, query: int) -> np.ndarray:
        """Ascending int64 indices of the gallery items that match the query."""
        ...


class SameKey:
    """A query matches the gallery items with the same key (a class, an identifier, a number).

    Args:
        query_keys: (Q,) integers or strings; an empty string is no key and matches nothing.
        gallery_keys: (N,) of the same kind.

    Raises:
        BadInputError: Not one-dimensional, or numbers on one side and text on the other.
    """

    def __init__(self, query_keys: np.ndarray, gallery_keys: np.ndarray) -> None:
        query_keys, gallery_keys = _plain(query_keys), _plain(gallery_keys)
        if (query_keys.dtype.kind == "U") != (gallery_keys.dtype.kind == "U"):
            raise BadInputError(
                "labels or ids are text on one side and numbers on the other.",
                "use class names on both sides, or the same numbering on both sides.",
            )
        if query_keys.dtype != gallery_keys.dtype and np.result_type(query_keys, gallery_keys).kind == "f":
            # As floats, to which NumPy would turn int64 beside uint64, large identifiers become equal.
            query_keys, gallery_keys = query_keys.astype(object), gallery_keys.astype(object)
        keys, inverse = np.unique(np.concatenate([gallery_keys, query_keys]), return_inverse=True)
        self.shape = (len(query_keys), len(gallery_keys))
        self._order = np.argsort(inverse[: len(gallery_keys)], kind="stable")
        self._bounds = np.searchsorted(inverse[: len(gallery_keys)][self._order], np.arange(len(keys) + 1))
        self._query = inverse[len(gallery_keys) :]
        if keys.dtype.kind == "U" and len(keys) and not keys[0]:
            self._bounds[0] = self._bounds[1]

    def columns(self, query: int) -> np.ndarray:
        """Ascending int64 indices of the gallery items with the query's key."""
        key = self._query[query]
        return self._order[self._bounds[key] : self._bounds[key + 1]]


class SharedLabel:
    """A query matches the gallery items that carry at least one of its labels.

    Args:
        query_labels: (Q, C) 0/1 or bool, one column a label.
        gallery_labels: (N, C) likewise.

    Raises:
        BadInputError: Not two matrices of 0 and 1 with the same number of columns.
    """

    def __init__(self, query_labels: np.ndarray, gallery_labels: np.ndarray) -> None:
        for labels in (query_labels, gallery_labels):
            if labels.ndim != 2 or labels.shape[1] != query_labels.shape[1] or not np.isin(labels, (0, 1)).all():
                raise BadInputError(
                    f"multi-label matrices of shape {query_labels.shape} and {gallery_labels.shape} "
                    "do not fit, or hold other values than 0 and 1.",
                    "write the labels of each item as a row of 0 and 1, one column a label; "
                    "a single column of class numbers has to be labels.ravel().",
                )
        self.shape = (len(query_labels), len(gallery_labels))
        self._query, self._gallery = query_labels.astype(bool), np.asfortranarray(gallery_labels.astype(bool))

    def columns(self, query: int) -> np.ndarray:
        """Ascending int64 indices of the gallery items that share a label with the query."""
        return np.flatnonzero(self._gallery[:, self._query[query]].any(axis=1))


def by_labels(query_labels: np.ndarray, gallery_labels: np.ndarray) -> Matching:
    """`SameKey` for one label an item (1-D), `SharedLabel` for a 0/1 matrix of labels (2-D)."""
    query_labels, gallery_labels = np.asarray(query_labels), np.asarray(gallery_labels)
    if query_labels.ndim == gallery_labels.ndim == 2:
        return SharedLabel(query_labels, gallery_labels)
    return SameKey(query_labels, gallery_labels)


def _plain(keys: np.ndarray) -> np.ndarray:
    """One-dimensional keys as whole numbers or text, so that `np.unique` can order them."""
    keys = np.asarray(keys)
    if keys.ndim != 1:
        raise BadInputError(
            f"labels and ids are lists, but one has shape {keys.shape}.",
            "give one label an item, or a 0/1 matrix (one column a label) on both sides.",
        )
    if keys.dtype.kind == "S":
        try:
            return np.char.decode(keys, "utf-8")
        except UnicodeDecodeError as error:
            raise BadInputError("a label or id is no UTF-8 text.", "save names with labels.astype(str).") from error
    if keys.dtype.kind == "O":
        return keys.astype(str)
    if keys.dtype.kind not in "Ubiuf":
        raise BadInputError(f"labels or ids are of type {keys.dtype}.", "give class numbers or class names.")
    if keys.dtype.kind == "f" and not (np.isfinite(keys) & (keys == np.round(keys))).all():
        raise BadInputError("a label or id is not a whole number.", "give class numbers or class names.")
    return keys
