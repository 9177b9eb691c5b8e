"""Six shapes as photos (filled, on noisy ground) and as sketches (outlines): a data set that is drawn in no time."""

from dataclasses import replace

import numpy as np

from zsr_lib.data.items import ItemSet
from zsr_lib.data.registry import Dataset
from zsr_lib.data.splits import Split
from zsr_lib.data.task import Task, build_task

SIDE = 32
CLASSES = ("bar", "cross", "disc", "lattice", "river", "runway")
UNSEEN = ("disc", "lattice")
SPLIT = Split("shapes-4-2", "shapes", tuple(name for name in CLASSES if name not in UNSEEN), UNSEEN)
TINY = {"backbone": "small_cnn", "size": SIDE}
"""Features: four blocks with random weights, 128 numbers."""


def shapes(seed: int = 0, per_class: int = 6, classes: tuple[str, ...] = CLASSES, name: str = "shapes") -> Dataset:
    """`per_class` photos and as many sketches of each class, 32 px."""
    dice = np.random.default_rng(seed)
    photos = [_photo(_mask(kind, dice), dice) for kind in classes for _ in range(per_class)]
    sketches = [_sketch(_mask(kind, dice)) for kind in classes for _ in range(per_class)]
    photos, sketches = _items(photos, "photo", "camera", classes), _items(sketches, "sketch", "hand", classes)
    return Dataset(name, classes, {"photo": photos, "sketch": sketches}, checksum=f"{seed:064x}")


def shapes_task(**more) -> Task:
    """4 seen and 2 unseen classes, none for validation; other shapes by another hand as an auxiliary data set."""
    auxiliary = more.pop("auxiliary", (shapes(seed=1, name="others"),))
    return build_task(more.pop("dataset", shapes()), SPLIT, validation_classes=0, auxiliary=auxiliary, **more)


def with_partners(task: Task, without: tuple[int, ...] = ()) -> Task:
    """The same task, sketch n of a class drawn from its photo n; the sketches in the rows `without` from none."""
    sketches = task.dataset.sketches
    names = [name.replace("sketch", "photo") for name in sketches.ids.tolist()]
    pairs = np.array(["" if row in without else name for row, name in enumerate(names)])
    items = dict(task.dataset.items, sketch=replace(sketches, pairs=pairs))
    return replace(task, dataset=replace(task.dataset, items=items))


def with_names(task: Task) -> Task:
    """The same task with partners, all items of which bring the name of their class along as a sentence."""
    task = with_partners(task)
    items = {name: replace(each, sentences=each.class_names.astype(str)) for name, each in task.dataset.items.items()}
    return replace(task, dataset=replace(task.dataset, items=items))


def with_text(task: Task) -> Task:
    """The same task with a sentence about each photo: its class, and whether its number is even."""
    photos, sketches = task.dataset.photos, task.dataset.sketches
    said = [f"a {name} with {'an even' if row % 2 else 'an odd'} number" for row, name in enumerate(photos.class_names)]
    ids = np.array([f"{each}-said" for each in photos.ids])
    text = replace(
        photos, ids=ids, modality="text", origin="hand", pixels=None, sentences=np.array(said), pairs=photos.ids
    )
    return replace(task, dataset=replace(task.dataset, items={"photo": photos, "text": text, "sketch": sketches}))


def only_photos(dataset: Dataset) -> Dataset:
    """The same data set without its sketches."""
    return replace(dataset, items={"photo": dataset.photos})


def drawings(dataset: Dataset) -> ItemSet:
    """Another artist's outlines that pass for machine-made drawings of the photos."""
    other = shapes(seed=9, per_class=len(dataset.photos) // len(dataset.classes), classes=dataset.classes).sketches
    return replace(other, origin="machine", ids=np.array([f"drawn/{each}" for each in other.ids]))


def _items(pictures: list[np.ndarray], modality: str, origin: str, classes: tuple[str, ...]) -> ItemSet:
    labels = np.repeat(np.arange(len(classes)), len(pictures) // len(classes))
    ids = np.array([f"{classes[label]}/{modality}{row}" for row, label in enumerate(labels)])
    return ItemSet(ids, labels, classes, modality, origin, pixels=np.stack(pictures))


def _mask(kind: str, dice: np.random.Generator) -> np.ndarray:
    """(32, 32) bool, somewhat moved and scaled."""
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2 - dice.uniform(-3, 3, (2, 1, 1))
    size = dice.uniform(7, 10)
    return {
        "bar": (abs(x) < size) & (abs(y) < size / 2),
        "cross": ((abs(x) < 3) | (abs(y) < 3)) & (np.maximum(abs(x), abs(y)) < size),
        "disc": np.hypot(x, y) < size,
        "lattice": (x % 8 < 3) | (y % 8 < 3),
        "rivers": abs(y - 4 * np.sin(x / 3)) < 3,
        "river": abs(x - 5 * np.sin(y / 4)) < 3,
        "runway": abs(x - y) < 4,
        "tower": (abs(x) < 3) & (y > -size),
    }[kind]


def _photo(mask: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    ground, thing = dice.uniform(30, 90, 3), dice.uniform(150, 230, 3)
    picture = np.where(mask[..., None], thing, ground) + dice.normal(0, 12, (SIDE, SIDE, 3))
    return picture.clip(0, 255).astype(np.uint8)


def _sketch(mask: np.ndarray) -> np.ndarray:
    down, right = np.gradient(mask.astype(float))
    ink = (abs(down) + abs(right)) > 0
    return np.repeat(np.where(ink, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
