"""A data set under test whose seen classes come from another one: trained there, searched here."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from zsr_lib.data.items import ItemSet, joined
from zsr_lib.data.names import class_key
from zsr_lib.data.registry import Dataset
from zsr_lib.errors import BadInputError


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
