"""A zero-shot task: a data set, a split and a seed say who may be looked at when.

Validation classes are taken from the seen ones, never from the unseen: choosing a model on the classes it
will be tested on is a leak, however small the choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zsr_lib.data.auxiliary import Auxiliary, held_out_classes, without_classes
from zsr_lib.data.fitted_split import fitted_split, reduced_split
from zsr_lib.data.groups import GROUPS, Group
from zsr_lib.data.items import ItemSet
from zsr_lib.data.names import match_class
from zsr_lib.data.registry import Dataset
from zsr_lib.data.splits import Split
from zsr_lib.data.task_record import describe
from zsr_lib.data.training_sketches import HOW_TO_DRAW, check_drawn, drawn_sketches, held_classes, training_sketches
from zsr_lib.data.validation import choose_validation
from zsr_lib.errors import BadInputError, UnknownNameError


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
        auxiliary: Other data sets to learn from, without the unseen and validation classes.

    Raises:
        BadInputError: The groups overlap, the machine-made sketches have other class names, or an auxiliary
            data set holds a class that is held out or too near to one.
    """

    dataset: Dataset
    split: Split
    seed: int
    seen: tuple[str, ...]
    validation: tuple[str, ...]
    unseen: tuple[str, ...]
    machine: ItemSet | None = None
    auxiliary: tuple[Auxiliary, ...] = ()

    def __post_init__(self) -> None:
        everything = (*self.seen, *self.validation, *self.unseen)
        if len(set(everything)) != len(everything):
            raise BadInputError(
                "seen, validation and unseen classes of a task overlap.", "make tasks with build_task(dataset, split)."
            )
        if self.machine is not None:
            check_drawn(self.machine, self.dataset.classes)
        for other in self.auxiliary:
            if leaked := held_out_classes(other.classes, (*self.validation, *self.unseen)):
                raise BadInputError(
                    f"the auxiliary data set '{other.name}' holds {', '.join(leaked)}, which this task holds out.",
                    "hand it to build_task(..., auxiliary=[...]), which leaves such classes out.",
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
        """Photos of one group, in data set order."""
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

    def training_sketches(self, group: Group = "seen") -> ItemSet:
        """Sketches to train on or to choose a model by, for every class of the seen or validation ones.

        Classes that have sketches of the data set's own contribute those, and the others machine-made ones.

        Raises:
            BadInputError: The group is ``unseen``, or classes have neither; names them.
        """
        if group == "unseen":
            raise BadInputError("nothing is trained on unseen classes.", "take 'seen' or 'validation'.")
        return training_sketches(self.dataset.sketches, self.machine, self.classes(group))

    @property
    def modalities(self) -> tuple[str, ...]:
        return tuple(self.dataset.items())

    def items(self, group: Group, modality: str) -> ItemSet:
        return self.sketches(group) if modality == "sketch" else self.photos(group)

    def training_items(self, group: Group, modality: str) -> ItemSet:
        return self.training_sketches(group) if modality == "sketch" else self.photos(group)

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
            for group in GROUPS:
                held = held_classes(items, self.classes(group))
                lacking[f"{group} {plural}"] = tuple(name for name in self.classes(group) if name not in held)
        return {what: names for what, names in lacking.items() if names}

    def describe(self) -> dict[str, Any]:
        """What a run record keeps: plain numbers, texts and lists, ready for JSON."""
        return describe(self)


def build_task(
    dataset: Dataset,
    split: Split | str,
    seed: int = 0,
    validation_classes: int | Sequence[str] | None = None,
    machine_sketches: ItemSet | Sequence[ItemSet] | None = None,
    auxiliary: Sequence[Dataset] = (),
    reduced: bool = False,
) -> Task:
    """Joins a data set and a split, and holds validation classes out of the seen ones.

    Args:
        dataset: Photos and, usually, sketches.
        split: A `Split` or the name of one.
        seed: Chooses the validation classes: those whose SHA-256 with the seed comes first, which is the same
            on every machine and does not depend on the order of the classes.
        validation_classes: How many, or which; by default a fifth of the seen ones, but none of 1 or 2.
        machine_sketches: Drawn photos (origin ``machine``), one set or one for each style; those of unseen
            classes are left out.
        auxiliary: Other data sets to learn from; classes that mean the same as an unseen or validation class,
            or are too near to one, are left out of them.
        reduced: Do without the split's classes that cannot take part with what is here: unseen ones that lack
            photos or sketches, seen ones that lack photos or any sketches. The split's name then says so.

    Raises:
        BadInputError: The split does not fit the data set, no seen class would be left for training, sketches
            are not machine-made, or an auxiliary data set would be empty.
        UnknownNameError: No such split, or a validation class that is not a seen one.
    """
    split = fitted_split(split, dataset)
    machine = drawn_sketches(machine_sketches, dataset.classes, split.seen)
    if reduced:
        split = reduced_split(split, dataset, machine)
    held = choose_validation(split, seed, validation_classes)
    seen = tuple(name for name in split.seen if name not in held)
    others = tuple(without_classes(other, (*held, *split.unseen)) for other in auxiliary)
    return Task(dataset, split, seed, seen, held, split.unseen, machine, others)
