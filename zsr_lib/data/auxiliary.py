"""Other data sets to learn from, without the classes that a task holds out.

What another data set teaches (how hands draw, say) may be used in a zero-shot task only as long as none of
its classes is one of the task's unseen or validation classes, in any spelling or under an alias, or nearer to one
than `zsr_lib.data.near_classes` lets stay.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from zsr_lib.data.items import ItemSet
from zsr_lib.data.names import class_key
from zsr_lib.data.near_classes import LEFT_OUT, STAYS, near
from zsr_lib.data.registry import Dataset
from zsr_lib.errors import BadInputError


@dataclass(frozen=True, eq=False)
class Auxiliary(Dataset):
    """What is left of another data set; `classes` and labels know only the classes that were kept.

    Attributes:
        left_out: Classes that a task holds out, in this data set's spelling. `checksum` stays that of the
            whole data set, so together they say exactly what is here.
    """

    left_out: tuple[str, ...] = ()


def without_classes(dataset: Dataset, held_out: Iterable[str], without_near: bool = False) -> Auxiliary:
    """The data set without every class that means the same as one of `held_out`, or is too near to it.

    Pixels stay memory-mapped if nothing is left out; else the rows that are kept are copied.

    Args:
        dataset: As it is.
        held_out: What a task holds out.
        without_near: Whether what is near but may stay goes, too.

    Raises:
        BadInputError: No class would be left.
    """
    held_out = tuple(held_out)
    too_near = {*held_out_classes(dataset.classes, held_out)}
    too_near |= {*near(dataset.classes, held_out, STAYS)} if without_near else set()
    left_out = tuple(name for name in dataset.classes if name in too_near)
    kept = tuple(name for name in dataset.classes if name not in left_out)
    if not kept:
        raise BadInputError(
            f"every class of the auxiliary data set '{dataset.name}' is held out by the task.",
            "leave this data set out of `auxiliary`.",
        )
    items = {modality: _only(each, kept) for modality, each in dataset.items.items()}
    return Auxiliary(dataset.name, kept, items, dataset.checksum, dataset.notes, left_out)


def check_nothing_held_out(others: Iterable[Auxiliary], held_out: Iterable[str]) -> None:
    """Makes sure that auxiliary data sets have none of the classes `held_out`, nor one too near.

    Raises:
        BadInputError: One has; names it and the classes.
    """
    held_out = tuple(held_out)
    for other in others:
        if leaked := held_out_classes(other.classes, held_out):
            raise BadInputError(
                f"the auxiliary data set '{other.name}' holds {', '.join(leaked)}, which this task holds out.",
                "hand it to build_task(..., auxiliary=[...]), which leaves such classes out.",
            )


def held_out_classes(names: Iterable[str], held_out: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that a data set must not hold where `held_out` are held out: the same class, or too near."""
    names, held_out = tuple(names), tuple(held_out)
    found = {*same_classes(names, held_out), *near(names, held_out, LEFT_OUT)}
    return tuple(name for name in names if name in found)


def same_classes(names: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that mean the same class as one of `others`."""
    keys = {class_key(other) for other in others} - {""}
    return tuple(name for name in names if class_key(name) in keys)


def _only(items: ItemSet, kept: tuple[str, ...]) -> ItemSet:
    """The items of the classes `kept`, labelled by their place in it."""
    if items.classes == kept:
        return items
    rows = items.rows_of(kept)
    place = np.array([kept.index(name) if name in kept else -1 for name in items.classes], dtype=np.int64)
    return replace(items.take(rows), labels=place[items.labels[rows]], classes=kept)
