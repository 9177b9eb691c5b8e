"""Items as a system embeds them when it is scored: what they show, and nothing that tells the class."""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from zsr_lib.data.items import PAYLOADS, ItemSet
from zsr_lib.evaluation.leaks import LeakError

_TELLING = frozenset({"labels", "classes", "class_names", "pairs", "tags", "footprints"})
_COPYING = ("zsr_lib.data.items", "dataclasses")
_PASSED_OVER = ("zsr_lib.data.", "zsr_lib.experiments.", "dataclasses")


class BlindItems(ItemSet):
    """Items of one nameless class; parts of them can be taken, but who reads labels, classes or pairs is refused."""

    def __getattribute__(self, name: str) -> Any:
        if name in _TELLING and sys._getframe(1).f_globals.get("__name__") not in _COPYING:
            raise LeakError(
                f"{caller()} reads {name} of items that are to be embedded.",
                "make codes from what items show alone: nobody knows the class of what is searched.",
            )
        return super().__getattribute__(name)


def blind(items: ItemSet, first: int = 0) -> BlindItems:
    """The same items without labels, tags, pairs and places, their ids replaced by running numbers.

    Args:
        items: N items.
        first: Number of the first one.
    """
    ids = np.array([f"item {number}" for number in range(first, first + len(items))], dtype=object)
    labels = np.zeros(len(items), np.int64)
    seen = {name: getattr(items, name) for name in (*PAYLOADS, "feature_key", "bands")}
    return BlindItems(ids, labels, ("",), items.modality, items.origin, **seen)


def caller() -> str:
    """Who called from outside the rooms of data and experiments: function, file and line."""
    frame: FrameType | None = sys._getframe(1)
    while frame and frame.f_back and frame.f_globals.get("__name__", "").startswith(_PASSED_OVER):
        frame = frame.f_back
    assert frame is not None
    return f"{frame.f_code.co_qualname} ({Path(frame.f_code.co_filename).name}, line {frame.f_lineno})"
