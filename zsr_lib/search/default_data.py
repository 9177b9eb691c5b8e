"""What the system that ships is trained on: generated scenes, many hands, and photos in the public domain.

Nothing here is of the classes that Earth on Canvas has hand sketches of.
"""

from collections.abc import Sequence

import numpy as np
from joblib import Parallel, delayed
from PIL import Image

from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.items import ItemSet
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
    seen = tuple(name for name in dataset.classes if name not in UNSEEN)
    return Task(dataset, Split("default-model", dataset.name, seen, UNSEEN), 0, seen, (), UNSEEN)


def statistics_data(size: int, scenes: int, hands: int, real: bool) -> Dataset:
    """Photos and sketches of seen classes, whose features have the means and spreads that all are standardised with.

    Args:
        size: Side in pixels.
        scenes: Generated photos of a class, and as many sketches by the data set's own hand.
        hands: Sketches of a class by one of many hands each.
        real: UC Merced's photos of those of the classes that it has, too.

    Raises:
        DataNotFoundError: UC Merced is asked for and is not here.
    """
    drawn = load_dataset("generated", size=size, per_class=scenes, classes=SEEN, progress=False)
    jobs = [(name, number) for name in SEEN for number in range(hands)]
    many = Parallel(-1)(delayed(sketch_by_many)(name, 0, number, size) for name, number in jobs)
    photos = [(drawn.photos.class_names, drawn.photos.pixels)]
    sketches = [(drawn.sketches.class_names, drawn.sketches.pixels), ([name for name, _ in jobs], many)]
    if real:
        found = load_dataset("ucmerced", size=256, progress=False)
        keys = {class_key(name) for name in SEEN}
        real_photos = found.photos.of_classes([name for name in found.classes if class_key(name) in keys])
        photos.append((real_photos.class_names, [_resized(each, size) for each in real_photos.pixels]))
    named = {str(name) for names, _ in (*photos, *sketches) for name in names}
    classes = tuple(sorted({*named, *UNSEEN}))
    items = {name: _items(name, classes, parts) for name, parts in (("photo", photos), ("sketch", sketches))}
    return Dataset("default-model", classes, items, drawn.checksum)


def _resized(photo: np.ndarray, size: int) -> np.ndarray:
    return np.asarray(Image.fromarray(np.asarray(photo)).resize((size, size), Image.Resampling.BICUBIC))


def _items(modality: str, classes: tuple[str, ...], parts: Sequence[tuple[Sequence[str], Sequence]]) -> ItemSet:
    names = [str(name) for part, _ in parts for name in part]
    labels = np.array([classes.index(name) for name in names], np.int64)
    pixels = np.concatenate([np.stack([np.asarray(each) for each in part]) for _, part in parts])
    ids = np.array([f"{name}/{modality}/{number}" for number, name in enumerate(names)])
    return ItemSet(ids, labels, classes, modality, "recipe", pixels=pixels)
