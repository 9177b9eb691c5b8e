"""What systems train on: the items of the seen classes in every modality, and their class indices."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Group, Task
from zsr_lib.errors import BadInputError


@dataclass(frozen=True, eq=False)
class Pool:
    """Training items of every modality.

    Attributes:
        classes: C class names; labels index them.
        items: Modality → items; sketches by hand where there are any, else machine-made.
    """

    classes: tuple[str, ...]
    items: Mapping[str, ItemSet]

    def __iter__(self) -> Iterator[ItemSet]:
        """The item sets, photos first."""
        return iter(self.items.values())

    def labels(self, items: ItemSet) -> np.ndarray:
        """(N,) int64 indices into `classes`."""
        place = {name: index for index, name in enumerate(self.classes)}
        return np.array([place[name] for name in items.class_names.tolist()], dtype=np.int64)

    def partners(self) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Modality → (P,) rows of partner items of the first two modalities, and their (P,) labels.

        Raises:
            BadInputError: No item names a partner that is here.
        """
        first, second, *_ = self
        naming, named = (second, first) if second.pairs is not None else (first, second)
        place = {each: row for row, each in enumerate(named.ids.tolist())}
        pairs = [] if naming.pairs is None else naming.pairs.tolist()
        found = np.array([(row, place[each]) for row, each in enumerate(pairs) if each in place], dtype=np.int64)
        if not len(found):
            raise BadInputError(
                f"no {naming.modality} item names a partner among the {named.modality} items.",
                "take data with pairs, and a split that keeps partners together.",
            )
        rows = {naming.modality: found[:, 0], named.modality: found[:, 1]}
        return {items.modality: rows[items.modality] for items in (first, second)}, self.labels(naming)[found[:, 0]]


def pool_of(task: Task, group: Group = "seen") -> Pool:
    """What may be trained on, or chosen by, of one group of classes.

    Raises:
        BadInputError: A class has no items of a modality; names it.
    """
    pool = Pool(task.classes(group), {name: task.training_items(group, name) for name in task.modalities})
    for items in pool:
        present = {items.classes[label] for label in np.unique(items.labels)}
        if lone := [name for name in pool.classes if name not in present]:
            raise BadInputError(
                f"{group} classes without a training {items.modality}: {', '.join(lone)}.",
                "give the task machine-made sketches (data.machine_sketches), or leave these classes out.",
            )
    return pool
