"""What a run record keeps of a task."""

from typing import TYPE_CHECKING, Any

import numpy as np

from zsr_lib.data.auxiliary import Auxiliary
from zsr_lib.data.division import checksum
from zsr_lib.data.groups import GROUPS, Group
from zsr_lib.data.items import ItemSet
from zsr_lib.data.near_classes import STAYS, near

if TYPE_CHECKING:
    from zsr_lib.data.task import Task

PLURALS = {"photo": "photos", "sketch": "sketches"}


def describe(task: "Task") -> dict[str, Any]:
    """Plain numbers, texts and lists, ready for JSON."""
    counts = {modality: _counts(task, items) for modality, items in task.dataset.items.items()}
    return {
        "protocol": f"{task.setting} {task.split.name} on {task.dataset.name}, {_validation(task)} by seed {task.seed}",
        "split": task.split.name,
        "split_note": task.split.note,
        "split_checksum": task.split.checksum if task.division is None else checksum(task.division),
        "seed": task.seed,
        "dataset": task.dataset.name,
        "dataset_checksum": task.dataset.checksum,
        "classes": {group: list(task.classes(group)) for group in GROUPS},
        "photos": counts.pop("photo", dict.fromkeys(GROUPS, 0)),
        "sketches": counts.pop("sketch", dict.fromkeys(GROUPS, 0)),
        **({"items": counts} if counts else {}),
        "machine_sketches": _counts(task, task.machine, ("seen", "validation")),
        "missing": {what: list(names) for what, names in task.missing.items()},
        "auxiliary": [_auxiliary(task, other) for other in task.auxiliary],
    }


def missing(task: "Task") -> dict[str, tuple[str, ...]]:
    """Classes without items, by what they lack: ``{"unseen sketches": ("river",)}``."""
    lacking = {}
    for modality, items in task.dataset.items.items():
        for group in GROUPS:
            held = {items.classes[label] for label in set(_labels(task, items, group).tolist())}
            names = tuple(name for name in task.classes(group) if name not in held)
            lacking[f"{group} {PLURALS.get(modality, f'{modality} items')}"] = names
    return {what: names for what, names in lacking.items() if names}


def _validation(task: "Task") -> str:
    if task.division is None:
        return f"{len(task.validation)} validation classes"
    return f"{sum(map(len, task.division['validation'].values()))} validation items"


def _labels(task: "Task", items: ItemSet, group: Group) -> np.ndarray:
    """(N,) labels of one group's items."""
    if task.division is None:
        return items.labels[items.rows_of(task.classes(group))]
    return items.labels[items.rows_with(task.division[group][items.modality])]


def _counts(task: "Task", items: ItemSet | None, groups: tuple[Group, ...] = GROUPS) -> dict[str, int]:
    return {group: 0 if items is None else len(_labels(task, items, group)) for group in groups}


def _auxiliary(task: "Task", other: Auxiliary) -> dict[str, Any]:
    held_out = (*task.validation, *task.unseen)
    return {
        "dataset": other.name,
        "checksum": other.checksum,
        "left_out": list(other.left_out),
        "classes": list(other.classes),
        "near": list(near(other.classes, held_out, STAYS)),
        "items": {modality: len(items) for modality, items in other.items.items()},
    }
