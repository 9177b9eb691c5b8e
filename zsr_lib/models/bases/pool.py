"""What systems on features train on: feature rows and class indices of the seen classes, both modalities."""

from dataclasses import dataclass

import numpy as np

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Group, Task
from zsr_lib.errors import BadInputError


@dataclass(frozen=True, eq=False)
class Pool:
    """Training items of both modalities.

    Attributes:
        classes: C class names; labels index them.
        photos: Photos.
        sketches: Sketches, by hand where there are any, else machine-made.
    """

    classes: tuple[str, ...]
    photos: ItemSet
    sketches: ItemSet

    def labels(self, items: ItemSet) -> np.ndarray:
        """(N,) int64 indices into `classes`."""
        place = {name: index for index, name in enumerate(self.classes)}
        return np.array([place[name] for name in items.class_names.tolist()], dtype=np.int64)


def pool_of(task: Task, group: Group = "seen") -> Pool:
    """Photos and training sketches of one group of classes.

    Raises:
        BadInputError: A class has no photos, or no sketches; names it.
    """
    photos, sketches = task.photos(group), task.training_sketches(group)
    for items in (photos, sketches):
        present = {items.classes[label] for label in np.unique(items.labels)}
        if lone := [name for name in task.classes(group) if name not in present]:
            raise BadInputError(
                f"{group} classes without a training {items.modality}: {', '.join(lone)}.",
                "give the task machine-made sketches (data.machine_sketches), or leave these classes out.",
            )
    return Pool(task.classes(group), photos, sketches)
