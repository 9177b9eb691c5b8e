"""The leak audit: has any trained part of a system seen what it is tested on?

Zero-shot means that nothing trained has touched the unseen classes: not the feature extractor, not the semantics' fit,
not ITQ, not the choice of the model. Two released systems of this field fine-tuned their extractor on all classes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from zsr_lib.data.names import class_key
from zsr_lib.errors import ZsrError

LABELS = ("clean", "unlabelled", "transductive", "unwatched", "legacy")
"""What the audit calls a run, from good to bad; ``unwatched``: of which it has only codes that were handed in."""
UNLABELLED = ("unlabelled",)
"""The classes of a part that was fitted on items without labels: nobody knows whether they show unseen classes."""


class LeakError(ZsrError):
    """A trained part has seen unseen classes or items, or does not say what it has seen."""


@dataclass(frozen=True)
class TrainedPart:
    """What one fitted part of a system has touched.

    Attributes:
        name: For example `feature extractor`, `ITQ`, `model selection`.
        classes: Names of all classes among its training data, in any spelling; `UNLABELLED` where the data have no
            labels; None when the part does not say.
        items: Ids of its training items, where they are of the data set under test.
    """

    name: str
    classes: tuple[str, ...] | None
    items: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The same as what JSON can say."""
        classes = None if self.classes is None else list(self.classes)
        return {"part": self.name, "classes": classes, "items": list(self.items)}


@dataclass(frozen=True)
class Leak:
    """What one part has seen that it must not have.

    Attributes:
        part: The part's name.
        classes: The unseen classes, as the split spells them.
        items: The unseen items.
        undisclosed: The part does not say what it was trained on.
    """

    part: str
    classes: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    undisclosed: bool = False

    def __str__(self) -> str:
        if self.undisclosed:
            return f"'{self.part}' does not say which classes it has seen"
        seen = [f"unseen classes {', '.join(self.classes)}"] if self.classes else []
        if self.items:
            more = f" and {len(self.items) - 3} more" if len(self.items) > 3 else ""
            seen.append(f"unseen items {', '.join(self.items[:3])}{more}")
        return f"'{self.part}' has seen {' and '.join(seen)}"


@dataclass(frozen=True)
class Verdict:
    """The outcome of an audit.

    Attributes:
        label: One of `LABELS`, to stand beside the run's numbers.
        leaks: What parts have seen that they must not have.
        unlabelled: Names of the parts that were fitted on items without labels.
    """

    label: str
    leaks: tuple[Leak, ...]
    unlabelled: tuple[str, ...] = ()

    def __str__(self) -> str:
        open_ones = (f"'{name}' was fitted on items without labels" for name in self.unlabelled)
        return "; ".join([self.label, *map(str, self.leaks), *open_ones])


def audit(
    parts: Iterable[TrainedPart],
    unseen_classes: Iterable[str],
    unseen_items: Iterable[str] = (),
    legacy: bool = False,
    key: Callable[[str], str] = class_key,
) -> Verdict:
    """Checks every trained part of a run against the unseen classes and items.

    Args:
        parts: Everything that was fitted, the choice of the model included.
        unseen_classes: The split's unseen classes.
        unseen_items: Ids of the test items.
        legacy: Label a leaking run instead of refusing it, to reproduce published code as it was.
        key: Maps all spellings of a class to one key; two names with the same non-empty key are one class.

    Raises:
        LeakError: A part leaks and `legacy` is False; names each such part with the classes and items.
    """
    parts = tuple(parts)
    keys = {key(name): name for name in unseen_classes}
    keys.pop("", None)
    items = set(unseen_items)
    leaks = tuple(leak for part in parts if (leak := _leak(part, keys, items, key)))
    if leaks and not legacy:
        raise LeakError(
            f"this run is not zero-shot: {'; '.join(map(str, leaks))}.",
            "train these parts on seen classes only, or mark the run as legacy.",
        )
    unlabelled = tuple(part.name for part in parts if part.classes == UNLABELLED)
    return Verdict("legacy" if leaks else "unlabelled" if unlabelled else "clean", leaks, unlabelled)


def check_declared(
    parts: Iterable[TrainedPart], observed: Iterable[TrainedPart], key: Callable[[str], str] = class_key
) -> None:
    """Makes sure that a system declares the classes that it was seen to look at, and no others.

    Args:
        parts: What the system declares; nothing is checked where one of them does not say, and nothing is missing where
            one was fitted on items without labels.
        observed: What it looked at while it was fitted, source by source.
        key: As in `audit`.

    Raises:
        LeakError: A class was looked at and is not declared, or is declared and was not looked at; names it.
    """
    parts = tuple(parts)
    if any(part.classes is None for part in parts):
        return
    declared = {key(name): name for part in parts if part.classes != UNLABELLED for name in part.classes or ()}
    seen = {key(name): name for part in observed for name in part.classes or ()}
    unlabelled = any(part.classes == UNLABELLED for part in parts)
    silent = [] if unlabelled else [name for folded, name in seen.items() if folded not in declared]
    invented = [name for folded, name in declared.items() if folded not in seen]
    found = [f"it looked at {', '.join(silent)} and declares no part that has seen them"] if silent else []
    found += [f"it declares {', '.join(invented)} and looked at no such items"] if invented else []
    if found:
        raise LeakError(
            f"what this system says it was fitted on is not what it looked at: {'; '.join(found)}.",
            "let trained_parts() name the classes of all items that fit(task) took, as the task spells them.",
        )


def _leak(part: TrainedPart, keys: dict[str, str], items: set[str], key: Callable[[str], str]) -> Leak | None:
    """What `part` has seen of the unseen, or None."""
    if part.classes is None:
        return Leak(part.name, undisclosed=True)
    touched = {key(name) for name in part.classes if part.classes != UNLABELLED}
    classes = tuple(name for folded, name in keys.items() if folded in touched)
    seen = tuple(sorted(items & set(part.items)))
    return Leak(part.name, classes, seen) if classes or seen else None
