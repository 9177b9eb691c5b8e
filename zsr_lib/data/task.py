"""A zero-shot task: a data set, a split and a seed say who may be looked at when.

Validation classes are taken from the seen ones, never from the unseen: choosing a model on the classes it
will be tested on is a leak, however small the choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from zsr_lib.data.items import ItemSet
from zsr_lib.data.names import match_class
from zsr_lib.data.splits import Split, get_split
from zsr_lib.data.validation import choose_validation
from zsr_lib.errors import BadInputError, UnknownNameError, ZsrError

if TYPE_CHECKING:
    from zsr_lib.data.datasets import Dataset

Group = Literal["seen", "validation", "unseen"]
GROUPS: tuple[Group, ...] = ("seen", "validation", "unseen")
HOW_TO_DRAW = "build_task(..., machine_sketches=draw_items(photos, 'contour'))"


@dataclass(frozen=True, eq=False)
class Task:
    """Three disjoint groups of classes and their items; made by `build_task`.

    Attributes:
        dataset: Where the items come from.
        split: The split in the data set's own spelling.
        seed: What chose the validation classes.
        seen: Classes for training.
        validation: Classes held out from the split's seen ones, for choosing models.
        unseen: Classes for the test only.
        machine: Machine-made sketches for training and validation, or None.

    Raises:
        BadInputError: The groups overlap, or the machine-made sketches have other class names.
    """

    dataset: "Dataset"
    split: Split
    seed: int
    seen: tuple[str, ...]
    validation: tuple[str, ...]
    unseen: tuple[str, ...]
    machine: ItemSet | None = None

    def __post_init__(self) -> None:
        everything = (*self.seen, *self.validation, *self.unseen)
        if len(set(everything)) != len(everything):
            raise BadInputError(
                "seen, validation and unseen classes of a task overlap.", "make tasks with build_task(dataset, split)."
            )
        if self.machine is not None and (self.machine.classes, self.machine.origin) != (
            self.dataset.classes,
            "machine",
        ):
            raise BadInputError(
                "machine_sketches are not drawn from this data set's photos.",
                "make them with draw_items(dataset.photos, 'contour').",
            )

    def classes(self, group: Group) -> tuple[str, ...]:
        """Class names of ``seen``, ``validation`` or ``unseen``.

        Raises:
            UnknownNameError: No such group.
        """
        if group not in GROUPS:
            raise UnknownNameError("group of classes", group, GROUPS)
        return getattr(self, group)

    def group_of(self, name: str) -> Group | None:
        """The group that the class `name`, in any spelling, belongs to; None for one outside the task."""
        try:
            found = match_class(name, (*self.seen, *self.validation, *self.unseen))
        except UnknownNameError:
            return None
        return next(group for group in GROUPS if found in self.classes(group))

    def photos(self, group: Group) -> ItemSet:
        """Photos of one group, in data set order; their pixels are copied out of a memory-mapped store."""
        return self.dataset.photos.of_classes(self.classes(group))

    def sketches(self, group: Group) -> ItemSet:
        """The data set's own sketches of one group; classes that have none contribute none.

        Raises:
            BadInputError: The data set has no sketches.
        """
        names = self.classes(group)
        if self.dataset.sketches is None:
            raise BadInputError(
                f"data set '{self.dataset.name}' has no sketches.",
                f"take one that has (generated, eoc), or train on drawings: {HOW_TO_DRAW}.",
            )
        return self.dataset.sketches.of_classes(names)

    def machine_sketches(self, group: Group) -> ItemSet:
        """Machine-made sketches of the seen or validation classes; unseen classes never have any.

        Raises:
            BadInputError: The group is ``unseen``, or the task was built without machine-made sketches.
        """
        names = self.classes(group)
        if group == "unseen" or self.machine is None:
            raise BadInputError(
                f"this task has no machine-made sketches of {group} classes.",
                f"{HOW_TO_DRAW} draws seen and validation classes; tests need hand sketches.",
            )
        return self.machine.of_classes(names)

    def queries(self, group: Group = "unseen") -> ItemSet:
        """The sketches that search: by hand, or of a generated scene.

        Raises:
            BadInputError: The data set has no sketches, or they are machine-made.
        """
        found = self.sketches(group)
        if found.origin == "machine":
            raise BadInputError(
                "machine-made sketches cannot be queries: they trace the photos to be found.",
                f"query with hand sketches; to train on drawings: {HOW_TO_DRAW}.",
            )
        return found

    def gallery(self, group: Group = "unseen") -> ItemSet:
        """The photos that are searched: all of the group, also of classes without a query."""
        return self.photos(group)

    @property
    def missing(self) -> dict[str, tuple[str, ...]]:
        """Classes without items, by what they lack: ``{"unseen sketches": ("river",)}``."""
        lacking = {}
        for plural, items in (("photos", self.dataset.photos), ("sketches", self.dataset.sketches)):
            held = set() if items is None else {items.classes[label] for label in set(items.labels.tolist())}
            for group in GROUPS:
                lacking[f"{group} {plural}"] = tuple(name for name in self.classes(group) if name not in held)
        return {what: names for what, names in lacking.items() if names}

    def describe(self) -> dict[str, Any]:
        """What a run record keeps: plain numbers, texts and lists, ready for JSON."""
        sketches = self.dataset.sketches
        return {
            "protocol": f"zero-shot {self.split.name} on {self.dataset.name}, "
            f"{len(self.validation)} validation classes by seed {self.seed}",
            "split": self.split.name,
            "split_checksum": self.split.checksum,
            "seed": self.seed,
            "dataset": self.dataset.name,
            "dataset_checksum": self.dataset.checksum,
            "classes": {group: list(self.classes(group)) for group in GROUPS},
            "photos": {group: len(self.dataset.photos.rows_of(self.classes(group))) for group in GROUPS},
            "sketches": {
                group: 0 if sketches is None else len(sketches.rows_of(self.classes(group))) for group in GROUPS
            },
            "machine_sketches": {
                group: 0 if self.machine is None else len(self.machine.rows_of(self.classes(group)))
                for group in ("seen", "validation")
            },
            "missing": {what: list(names) for what, names in self.missing.items()},
        }


def build_task(
    dataset: "Dataset",
    split: Split | str,
    seed: int = 0,
    validation_classes: int | Sequence[str] | None = None,
    machine_sketches: ItemSet | None = None,
) -> Task:
    """Joins a data set and a split, and holds validation classes out of the seen ones.

    Args:
        dataset: Photos and, usually, sketches.
        split: A `Split` or the name of one.
        seed: Chooses the validation classes: those whose SHA-256 with the seed comes first, which is the same
            on every machine and does not depend on the order of the classes.
        validation_classes: How many, or which; by default a fifth of the seen ones, but none of 1 or 2.
        machine_sketches: Drawn photos (origin ``machine``); those of unseen classes are left out.

    Raises:
        BadInputError: The split does not fit the data set, or no seen class would be left for training.
        UnknownNameError: No such split, or a validation class that is not a seen one.
    """
    split = get_split(split) if isinstance(split, str) else split
    try:
        split = split.within(dataset.classes)
    except ZsrError as error:
        raise BadInputError(
            f"split '{split.name}' does not fit data set '{dataset.name}': {error.problem}",
            f"choose a split of this data set (split_names('{dataset.name}')).",
        ) from error
    held = choose_validation(split, seed, validation_classes)
    seen = tuple(name for name in split.seen if name not in held)
    if machine_sketches is not None:
        machine_sketches = machine_sketches.of_classes((*seen, *held))
    return Task(dataset, split, seed, seen, held, split.unseen, machine_sketches)
