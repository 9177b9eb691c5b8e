"""How far two lists of unseen classes agree, also across data sets that spell classes differently."""

from collections.abc import Sequence

import numpy as np

from zsr_lib.data.names import class_key
from zsr_lib.data.splits.registry import get_split


def shared_unseen(a: str, b: str) -> tuple[str, ...]:
    """Unseen classes that the splits named `a` and `b` have in common, sorted, in the spelling of `a`."""
    keys = {class_key(name) for name in get_split(b).unseen}
    return tuple(sorted(name for name in get_split(a).unseen if class_key(name) in keys))


def overlap_table(names: Sequence[str]) -> np.ndarray:
    """(S, S) int64: how many unseen classes each pair of the S named splits shares; sizes on the diagonal."""
    return np.array([[len(shared_unseen(a, b)) for b in names] for a in names], dtype=np.int64)
