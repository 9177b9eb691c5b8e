"""Pixels that stay on disk until somebody looks at them: most systems only ask for features."""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

_OWN = frozenset({"_arrays", "_places", "__dict__"})


class LazyRows:
    """Rows of memory-mapped arrays of one shape and type; reads like an (N, …) array and copies what is asked for.

    The arrays hold rows of other classes, too, so nobody else is given them.

    Args:
        arrays: What the rows are in.
        places: (N, 2) int64: which array, which row of it.
    """

    def __init__(self, arrays: Sequence[np.ndarray], places: np.ndarray) -> None:
        self._arrays, self._places = tuple(arrays), places
        self.shape = (len(places), *self._arrays[0].shape[1:])
        self.ndim, self.dtype = len(self.shape), self._arrays[0].dtype

    def __getattribute__(self, name: str) -> Any:
        if name in _OWN and sys._getframe(1).f_globals.get("__name__") != __name__:
            raise AttributeError(f"{name} of rows on disk is not for others: it holds rows that they do not have.")
        return super().__getattribute__(name)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, key: Any) -> np.ndarray:
        """As an array answers: an index, a slice, indices or a mask; further axes after it."""
        first, rest = (key[0], key[1:]) if isinstance(key, tuple) else (key, ())
        places = self._places[first]
        if places.ndim == 1:
            return np.array(self._arrays[places[0]][(places[1], *rest)])  # a view's base is the whole file
        found = np.empty((*places.shape[:-1], *self.shape[1:]), self.dtype)
        for number, array in enumerate(self._arrays):
            here = places[..., 0] == number
            found[here] = array[places[..., 1][here]]
        return found[(slice(None),) * (places.ndim - 1) + rest]

    def __array__(self, dtype: np.typing.DTypeLike = None, copy: bool | None = None) -> np.ndarray:
        """All rows, copied."""
        return np.asarray(self[:], dtype)

    def take(self, rows: np.ndarray) -> "LazyRows":
        """Some of the rows; nothing is copied."""
        return LazyRows(self._arrays, self._places[rows])


def lazy(array: "np.ndarray | LazyRows") -> LazyRows:
    """All rows of an array."""
    if isinstance(array, LazyRows):
        return array
    return LazyRows([array], np.stack([np.zeros(len(array), np.int64), np.arange(len(array))], axis=1))


def joined_rows(parts: "Sequence[np.ndarray | LazyRows]") -> LazyRows:
    """The rows of all parts, one after the other; nothing is copied."""
    arrays: list[np.ndarray] = []
    places = []
    for part in map(lazy, parts):
        places.append(part._places + np.array([len(arrays), 0]))
        arrays += part._arrays
    return LazyRows(arrays, np.concatenate(places))
