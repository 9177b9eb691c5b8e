"""What a run record keeps of a task."""

from typing import TYPE_CHECKING, Any

from zsr_lib.data.auxiliary import Auxiliary
from zsr_lib.data.groups import GROUPS, Group
from zsr_lib.data.items import ItemSet
from zsr_lib.data.near_classes import STAYS, near

if TYPE_CHECKING:
    from zsr_lib.data.task import Task


def describe(task: "Task") -> dict[str, Any]:
    """Plain numbers, texts and lists, ready for JSON."""
    return {
        "protocol": f"zero-shot {task.split.name} on {task.dataset.name}, "
        f"{len(task.validation)} validation classes by seed {task.seed}",
        "split": task.split.name,
        "split_note": task.split.note,
        "split_checksum": task.split.checksum,
        "seed": task.seed,
        "dataset": task.dataset.name,
        "dataset_checksum": task.dataset.checksum,
        "classes": {group: list(task.classes(group)) for group in GROUPS},
        "photos": _counts(task, task.dataset.photos),
        "sketches": _counts(task, task.dataset.sketches),
        "machine_sketches": _counts(task, task.machine, ("seen", "validation")),
        "missing": {what: list(names) for what, names in task.missing.items()},
        "auxiliary": [_auxiliary(task, other) for other in task.auxiliary],
    }


def _counts(task: "Task", items: ItemSet | None, groups: tuple[Group, ...] = GROUPS) -> dict[str, int]:
    return {group: 0 if items is None else len(items.rows_of(task.classes(group))) for group in groups}


def _auxiliary(task: "Task", other: Auxiliary) -> dict[str, Any]:
    held_out = (*task.validation, *task.unseen)
    return {
        "dataset": other.name,
        "checksum": other.checksum,
        "left_out": list(other.left_out),
        "classes": list(other.classes),
        "near": list(near(other.classes, held_out, STAYS)),
        "items": {modality: len(items) for modality, items in other.items().items()},
    }
