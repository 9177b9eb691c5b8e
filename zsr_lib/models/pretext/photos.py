"""The photos that a pretext is set on."""

from dataclasses import replace

import numpy as np

from zsr_lib.data.items import ItemSet, joined
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import UNLABELLED


def pretext_photos(task: Task) -> tuple[ItemSet, tuple[str, ...]]:
    """The photos that the pretext is set on, and the classes that the leak audit is told of.

    Auxiliary photos come first: without a class (``""``) they may show anything, and the audit's verdict says so.

    Raises:
        BadInputError: There are no photos, or pictures of several sizes.
    """
    parts = [each.items["photo"] for each in task.auxiliary if "photo" in each.items]
    parts = parts or [task.training_items("seen", "photo")]
    names = dict.fromkeys(name for part in parts for name in part.class_names.tolist())
    if len(parts) > 1:  # no label is looked at, so that sets of different classes can be one
        parts = [
            replace(part, ids=np.array([f"{row}/{each}" for each in part.ids]), labels=0 * part.labels, classes=("",))
            for row, part in enumerate(parts)
        ]
    photos = joined(*parts) if len(parts) > 1 else parts[0]
    if len(photos) < 2 or photos.pixels is None:
        raise BadInputError("there are no two photos with pixels to learn from.", "load photos with their pixels.")
    return photos, UNLABELLED if "" in names else tuple(names)


def grey(photos: ItemSet) -> int:
    """How many photos have the same numbers in all bands: there a dropped colour hides nothing."""
    return sum(bool((np.ptp(picture, axis=-1) == 0).all()) for picture in photos.pixels)
