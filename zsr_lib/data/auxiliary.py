"""Other data sets to learn from, without the classes that a task holds out.

What another data set teaches (how hands draw, say) may be used in a zero-shot task only as long as none of
its classes is one of the task's unseen or validation classes, in any spelling or under an alias, or nearer to one
than `zsr_lib.data.near_classes` lets stay. A data set may also give all of a task's seen classes (`with_seen_from`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from zsr_lib.data.items import ItemSet, joined
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


def with_seen_from(dataset: Dataset, other: Dataset, unseen: Collection[str]) -> Dataset:
    """The unseen classes of one data set, all other classes from another one.

    What a system learns from such a data set has nothing of the first one in it: neither a photo nor a hand.

    Args:
        dataset: Gives class names and order, and every item of the unseen classes.
        other: Gives the items of all other classes, found by name in any spelling; its ids get its name in front.
        unseen: Class names of `dataset`.

    Raises:
        BadInputError: A class is missing in `other`, the two have other modalities, picture sizes differ, or no class
            is unseen.
    """
    places = {class_key(name): label for label, name in enumerate(other.classes)}
    seen = [name for name in dataset.classes if name not in unseen]
    if missing := [name for name in seen if class_key(name) not in places]:
        raise BadInputError(
            f"'{other.name}' has no class {', '.join(missing)}.", "take seen classes from a data set that has them all."
        )
    if not unseen or dataset.items.keys() != other.items.keys():
        raise BadInputError(
            f"{len(unseen)} unseen classes; modalities are {', '.join(dataset.items)} and {', '.join(other.items)}.",
            "take a split with unseen classes, and two data sets with the same modalities.",
        )
    labels = {places[class_key(name)]: dataset.classes.index(name) for name in seen}
    items = {name: _joined(own, other, unseen, labels) for name, own in dataset.items.items()}
    note = f"Classes other than the unseen ones are from '{other.name}'."
    return replace(dataset, items=items, notes=(*dataset.notes, note))


def _joined(items: ItemSet, other: Dataset, unseen: Collection[str], labels: dict[int, int]) -> ItemSet:
    """Own items of unseen classes, then the other's of the classes in `labels` (its label → ours)."""
    theirs = other.items[items.modality]
    theirs = theirs.take(np.flatnonzero(np.isin(theirs.labels, list(labels))))
    relabelled = replace(
        theirs,
        ids=np.array([f"{other.name}/{each}" for each in theirs.ids.tolist()]),
        labels=np.array([labels[label] for label in theirs.labels.tolist()], dtype=theirs.labels.dtype),
        classes=items.classes,
    )
    return joined(items.of_classes(list(unseen)), relabelled)
