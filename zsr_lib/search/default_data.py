"""What the system that ships is fitted on: generated scenes, without the classes of Earth on Canvas' hand sketches."""

import numpy as np
from joblib import Parallel, delayed

from zsr_lib.data.checksums import combined
from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.items import ItemSet, joined
from zsr_lib.data.many_hands import sketch_by_many
from zsr_lib.data.names import class_key
from zsr_lib.data.registry import Dataset
from zsr_lib.data.scenes import class_names
from zsr_lib.data.splits import Split
from zsr_lib.data.task import Task

UNSEEN = ("airplane", "buildings", "freeway", "runway", "tenniscourt")
"""The classes that the public sample of Earth on Canvas has hand sketches of."""
SEEN = tuple(name for name in class_names() if name not in UNSEEN)


def default_task(dataset: Dataset) -> Task:
    """A data set without the classes of Earth on Canvas' sketches."""
    keys = {class_key(name) for name in UNSEEN}
    seen = tuple(name for name in dataset.classes if class_key(name) not in keys)
    return Task(dataset, Split("default-model", dataset.name, seen, UNSEEN), 0, seen, (), UNSEEN)


def statistics_data(size: int, scenes: int, hands: int) -> Dataset:
    """Generated photos and sketches of seen classes, by the data set's hand and by many.

    Their features have the means and spreads that all features are standardised with. No real photo is among them.

    Args:
        size: Side in pixels.
        scenes: Photos of a class, and as many sketches by the data set's own hand.
        hands: Sketches of a class by one of many hands each.
    """
    drawn = load_dataset("generated", size=size, per_class=scenes, classes=SEEN, progress=False)
    jobs = [(name, number) for name in drawn.classes for number in range(hands)]
    pixels = np.stack(Parallel(-1)(delayed(sketch_by_many)(name, 0, number, size) for name, number in jobs))
    ids = np.array([f"{name}/many/{number}" for name, number in jobs])
    labels = np.array([drawn.classes.index(name) for name, _ in jobs])
    many = ItemSet(ids, labels, drawn.classes, "sketch", "recipe", pixels=pixels)
    items = {"photo": drawn.photos, "sketch": joined(drawn.sketches, many)}
    return Dataset("default-model", drawn.classes, items, combined([drawn.checksum, f"{hands} hands"]))
