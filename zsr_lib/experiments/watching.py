"""What a system is shown of a task while it is fitted: no held-out items, and a note of everything it looks at."""

import sys
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from zsr_lib.data.items import PAYLOADS, ItemSet
from zsr_lib.data.registry import Dataset
from zsr_lib.data.task import Task
from zsr_lib.evaluation.leaks import LeakError, TrainedPart
from zsr_lib.experiments.blind import caller

_LOOKS = frozenset({"ids", *PAYLOADS, "pairs", "tags", "footprints", "__dict__"})
_OWN = frozenset({"_watch", "_plain"})


class Watch:
    """What was looked at, and what somebody tried to look at.

    Attributes:
        attempts: The errors that were raised, in order.
    """

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, int]] = {}
        self._ids: dict[str, set[str]] = {}
        self.attempts: list[LeakError] = []

    def note(self, source: str, items: ItemSet) -> None:
        """Remembers that items of `source`, which are not watched themselves, were looked at."""
        labels, counts = np.unique(items.labels, return_counts=True)
        found = {items.classes[label]: int(count) for label, count in zip(labels, counts, strict=True)}
        self._seen[source] = self._seen.get(source, {}) | found
        self._ids.setdefault(source, set()).update(items.full_ids)

    def refusal(self, what: str) -> LeakError:
        """The error for an attempt, which is remembered in case somebody swallows it."""
        error = LeakError(
            f"{caller()} reaches for {what} while the system is fitted.",
            "train on task.training_items('seen', modality) and choose on those of 'validation'; what is unseen is "
            "for the test.",
        )
        self.attempts.append(error)
        return error

    def observed(self) -> tuple[TrainedPart, ...]:
        """Each source with the classes and the items (`ItemSet.full_ids`) that were looked at."""
        return tuple(
            TrainedPart(source, tuple(sorted(found)), tuple(sorted(self._ids[source])))
            for source, found in sorted(self._seen.items())
        )

    def as_plain(self) -> list[dict[str, Any]]:
        """The same with numbers of items, for the run record."""
        return [
            {"name": source, "classes": sorted(found), "items": sum(found.values())}
            for source, found in sorted(self._seen.items())
        ]


class WatchedItems(ItemSet):
    """Items that note when they are looked at; classes and labels alone do not count.

    A whole set from which classes or items are withheld gives the others by their classes or ids only.
    """

    _watch: Watch | None = None
    _source: str = ""
    _withheld: frozenset[str] = frozenset()
    _partial = False
    _plain: ItemSet
    _noted = False

    def __getattribute__(self, name: str) -> Any:
        if name in _LOOKS:
            _look(self)
        elif name in _OWN and sys._getframe(1).f_globals.get("__name__") != __name__:
            raise AttributeError(f"{name} of watched items is not for others.")
        return super().__getattribute__(name)

    def __len__(self) -> int:
        return len(self.labels)

    def rows_of(self, names: Iterable[str]) -> np.ndarray:
        """As in `ItemSet`.

        Raises:
            LeakError: Classes that are withheld; names who asks.
        """
        names = tuple(names)
        if self._watch and (held := [name for name in names if name in self._withheld]):
            raise self._watch.refusal(f"{self._source} of held-out classes ({', '.join(held)})")
        return super().rows_of(names)

    def of_classes(self, names: Iterable[str]) -> ItemSet:
        """As in `ItemSet`; noted once they are looked at.

        Raises:
            LeakError: Classes that are withheld; names who asks.
        """
        return self._some(self.rows_of(names))

    def rows_with(self, ids: Collection[str]) -> np.ndarray:
        """As in `ItemSet`.

        Raises:
            LeakError: Items that are withheld; names who asks.
        """
        if self._watch is None:
            return super().rows_with(ids)
        if held := sorted(self._withheld.intersection(ids)):
            raise self._watch.refusal(f"{self._source} that are held out ({', '.join(held[:3])} …)")
        return self._plain.rows_with(ids)

    def of_ids(self, ids: Collection[str]) -> ItemSet:
        """As in `ItemSet`; noted once they are looked at.

        Raises:
            LeakError: Items that are withheld; names who asks.
        """
        return self._some(self.rows_with(ids))

    def _some(self, rows: np.ndarray) -> ItemSet:
        if self._watch is None:
            return self.take(rows)
        return _shown(self._plain.take(rows), self._source, self._withheld, self._watch)


def watched(task: Task, legacy: bool = False) -> tuple[Task, Watch]:
    """The same task as a system sees it in `fit`, and what notes its looks.

    Items of unseen classes, of classes that are none of the task's, and those that a split by items holds or leaves out
    are not in it. Against code that looks for them elsewhere (the disk, this process's memory) it is no protection.

    Args:
        task: As it is.
        legacy: Withhold nothing, because a leak is to be labelled.
    """
    watch = Watch()
    machine, withheld = task.machine, frozenset() if legacy else _held_classes(task)
    if machine is not None:
        machine = _shown(machine, _name(task.dataset, machine), withheld, watch)
    others = tuple(_watched_dataset(other, None, watch) for other in task.auxiliary)
    dataset = _watched_dataset(task.dataset, None if legacy else task, watch)
    return replace(task, dataset=dataset, machine=machine, auxiliary=others), watch


def _allowed(task: Task | None, items: ItemSet) -> tuple[ItemSet, frozenset[str]]:
    """The items that `fit` may see of a task (all where there is none), and the classes or ids that are withheld."""
    if task is None:
        return items, frozenset()
    if task.division is None:
        return items.of_classes((*task.seen, *task.validation)), _held_classes(task)
    ids = task.division["seen"][items.modality] | task.division["validation"][items.modality]
    return items.of_ids(ids), frozenset(items.ids.tolist()) - ids


def _held_classes(task: Task) -> frozenset[str]:
    return frozenset(task.dataset.classes) - {*task.seen, *task.validation}


def _watched_dataset(dataset: Dataset, task: Task | None, watch: Watch) -> Any:
    """The data set with what `fit` may see of a task only; all of it where there is none."""
    shown = {}
    for modality, items in dataset.items.items():
        kept, withheld = _allowed(task, items)
        shown[modality] = _shown(kept, _name(dataset, items), withheld, watch, partial=bool(withheld))
    return replace(dataset, items=shown)


def _name(dataset: Dataset, items: ItemSet) -> str:
    made = "machine-made " if items.origin == "machine" else ""
    return f"{made}{items.modality} items of '{dataset.name}'"


def _shown(
    items: ItemSet, source: str, withheld: frozenset[str], watch: Watch, partial: bool = False
) -> "WatchedItems":
    shown = object.__new__(WatchedItems)
    more = {"_watch": watch, "_source": source, "_withheld": withheld, "_partial": partial, "_plain": items}
    object.__getattribute__(shown, "__dict__").update(vars(items) | more)
    return shown


def _look(items: WatchedItems) -> None:
    watch = items._watch
    if watch is None or items._noted:
        return
    if items._partial:
        raise watch.refusal(f"all {items._source} at once, those of held-out classes included,")
    watch.note(items._source, items._plain)
    object.__setattr__(items, "_noted", True)
