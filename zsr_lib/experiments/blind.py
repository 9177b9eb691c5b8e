"""Items as a system embeds them when it is scored: pixels and features, and nothing that tells the class."""

import sys
from typing import Any

import numpy as np

from zsr_lib.data.items import ItemSet
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments.watching import caller

_TELLING = frozenset({"labels", "classes", "class_names", "pairs"})
_COPYING = ("zsr_lib.data.items", "dataclasses")


class BlindItems(ItemSet):
    """Items of one nameless class; parts of them can be taken, but who reads labels, classes or pairs is refused."""

    def __getattribute__(self, name: str) -> Any:
        if name in _TELLING and sys._getframe(1).f_globals.get("__name__") not in _COPYING:
            raise LeakError(
                f"{caller()} reads {name} of items that are to be embedded.",
                "make codes from pixels or features alone: nobody knows the class of what is searched.",
            )
        return super().__getattribute__(name)


def blind(items: ItemSet, first: int = 0) -> BlindItems:
    """The same items without labels and pairs, their ids replaced by running numbers.

    Args:
        items: N items.
        first: Number of the first one.
    """
    ids = np.array([f"item {number}" for number in range(first, first + len(items))], dtype=object)
    labels = np.zeros(len(items), np.int64)
    seen = {"pixels": items.pixels, "features": items.features, "feature_key": items.feature_key}
    return BlindItems(ids, labels, ("",), items.modality, items.origin, **seen)
