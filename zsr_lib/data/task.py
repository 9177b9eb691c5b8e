"""A task: a data set, a split and a seed say which items may be looked at when.

Groups are classes, or in a task of seen classes (`ItemSplit`) items. Validation classes are taken from the seen ones,
never from the unseen: choosing a model on the classes it will be tested on is a leak, however small the choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zsr_lib.data.auxiliary import Auxiliary, check_nothing_held_out, without_classes
from zsr_lib.data.division import Division, check_alone, classes_of, divide
from zsr_lib.data.fitted_split import choose_validation, fitted_split, reduced_dataset, reduced_split
from zsr_lib.data.groups import GROUPS, Group
from zsr_lib.data.items import ItemSet
from zsr_lib.data.registry import Dataset
from zsr_lib.data.splits import ItemSplit, Split
from zsr_lib.data.task_record import describe, missing
from zsr_lib.data.training_sketches import check_drawn, drawn_items, drawn_sketches, not_drawn, training_sketches
from zsr_lib.errors import BadInputError, UnknownNameError


@dataclass(frozen=True, eq=False)
class Task:
    """Three disjoint groups of classes, or of items, and their items; made by `build_task`.

    Attributes:
        dataset: Where the items come from.
        split: The split in the data set's own spelling.
        seed: What chose the validation classes or items.
        seen: Classes for training.
        validation: Classes for choosing models, held out from the split's seen ones.
        unseen: Classes for the test only.
        machine: Machine-made sketches for training and validation, or None.
        auxiliary: Other data sets to learn from, without the unseen and validation classes.
        division: Of a split by items, the items of each group (`seen`, `validation` and `unseen` are their classes);
            None where classes are divided.

    Raises:
        BadInputError: The groups overlap, the machine-made sketches have other class names, or an auxiliary
            data set holds a class that is held out or too near to one.
    """

    dataset: Dataset
    split: Split | ItemSplit
    seed: int
    seen: tuple[str, ...]
    validation: tuple[str, ...]
    unseen: tuple[str, ...]
    machine: ItemSet | None = None
    auxiliary: tuple[Auxiliary, ...] = ()
    division: Division | None = None

    def __post_init__(self) -> None:
        everything = (*self.seen, *self.validation, *self.unseen)
        if self.division is None and len(set(everything)) != len(everything):
            raise BadInputError(
                "seen, validation and unseen classes of a task overlap.", "make tasks with build_task(dataset, split)."
            )
        if self.machine is not None:
            check_drawn(self.machine, self.dataset.classes)
        check_nothing_held_out(self.auxiliary, (*self.validation, *self.unseen))

    def classes(self, group: Group) -> tuple[str, ...]:
        """Class names of ``seen``, ``validation`` or ``unseen``.

        Raises:
            UnknownNameError: No such group.
        """
        if group not in GROUPS:
            raise UnknownNameError("group of classes", group, GROUPS)
        return getattr(self, group)

    @property
    def setting(self) -> str:
        """``zero-shot``, or ``seen-class`` where items are divided."""
        return "zero-shot" if self.division is None else "seen-class"

    @property
    def modalities(self) -> tuple[str, ...]:
        """What the items are, photos first; drawings count, too."""
        drawn = () if self.machine is None else (self.machine.modality,)
        return tuple(dict.fromkeys((*self.dataset.items, *drawn)))

    def items(self, group: Group, modality: str) -> ItemSet:
        """The data set's own items of one group, in data set order; classes that have none contribute none.

        Raises:
            UnknownNameError: No such group.
            BadInputError: The data set has no such items.
        """
        names, own = self.classes(group), self.dataset.of(modality)
        return own.of_classes(names) if self.division is None else own.of_ids(self.division[group][modality])

    def training_items(self, group: Group, modality: str) -> ItemSet:
        """Items to train on or to choose a model by; of sketches, and of what else was drawn, some of every class.

        Raises:
            BadInputError: The group is ``unseen``, or there are no such items, hand-made or drawn; names classes.
        """
        if group == "unseen":
            raise BadInputError("nothing is trained on unseen items.", "take 'seen' or 'validation'.")
        drawn = self.machine if self.machine is not None and self.machine.modality == modality else None
        if self.division is not None or (drawn is None and modality != "sketch"):
            return self.items(group, modality)
        return training_sketches(self.dataset.items.get(modality), drawn, self.classes(group))

    def test_items(self, modality: str, group: Group = "unseen") -> ItemSet:
        """The items that search, or are searched.

        Raises:
            BadInputError: The data set has no such items, or they are machine-made.
        """
        return not_drawn(self.items(group, modality))

    def photos(self, group: Group) -> ItemSet:
        """``items(group, "photo")``."""
        return self.items(group, "photo")

    def sketches(self, group: Group) -> ItemSet:
        """``items(group, "sketch")``."""
        return self.items(group, "sketch")

    def training_sketches(self, group: Group = "seen") -> ItemSet:
        """``training_items(group, "sketch")``."""
        return self.training_items(group, "sketch")

    def queries(self, group: Group = "unseen") -> ItemSet:
        """``test_items("sketch")``: the sketches that search, by hand or of a generated scene."""
        return self.test_items("sketch", group)

    def gallery(self, group: Group = "unseen") -> ItemSet:
        """``test_items("photo")``: the photos that are searched."""
        return self.test_items("photo", group)

    def machine_sketches(self, group: Group) -> ItemSet:
        """Machine-made sketches of the seen or validation classes.

        Raises:
            BadInputError: The group is ``unseen``, which never has any, or the task was built without them.
        """
        return drawn_items(self.machine if group != "unseen" else None, self.classes(group), group)

    @property
    def missing(self) -> dict[str, tuple[str, ...]]:
        """Classes without items, by what they lack: ``{"unseen sketches": ("river",)}``."""
        return missing(self)

    def describe(self) -> dict[str, Any]:
        """What a run record keeps: plain numbers, texts and lists, ready for JSON."""
        return describe(self)


def build_task(
    dataset: Dataset,
    split: Split | ItemSplit | str,
    seed: int = 0,
    validation_classes: int | Sequence[str] | None = None,
    machine_sketches: ItemSet | Sequence[ItemSet] | None = None,
    auxiliary: Sequence[Dataset] = (),
    reduced: bool = False,
    without_near: bool = False,
) -> Task:
    """Joins a data set and a split, and holds validation classes (or items) out of the seen ones.

    Args:
        dataset: Items of one or more modalities.
        split: A `Split`, an `ItemSplit`, or the name of one.
        seed: Chooses the validation classes by SHA-256: the same on every machine, whatever their order.
        validation_classes: How many, or which; by default a fifth of the seen ones, but none of 1 or 2. Of a split by
            items a fifth of the items, or with 0 none.
        machine_sketches: Drawn photos (origin ``machine``), one set or one for each style; those of unseen
            classes are left out.
        auxiliary: Other data sets to learn from; classes that mean the same as an unseen or validation class,
            or are too near to one, are left out of them.
        reduced: Do without the split's classes that cannot take part with what is here: unseen ones that lack
            photos or sketches, seen ones that lack photos or any sketches. The split's name then says so. Of a split by
            items, without the data set's classes that lack a modality; its notes then say so.
        without_near: Leave out of `auxiliary` what is near a held-out class but may stay, too.

    Raises:
        BadInputError: The split does not fit the data set, no seen class would be left for training, sketches are not
            machine-made, an auxiliary data set would be empty, or what may hold test items goes with a split by items.
        UnknownNameError: No such split, or a validation class that is not a seen one.
    """
    split = fitted_split(split, dataset)
    if isinstance(split, ItemSplit):
        check_alone(split, machine_sketches, auxiliary, validation_classes)
        dataset = reduced_dataset(dataset) if reduced else dataset
        division = divide(split, dataset.items, seed, validation_classes is None)
        return Task(dataset, split, seed, *classes_of(division, dataset.items), division=division)
    machine = drawn_sketches(machine_sketches, dataset.classes, split.seen)
    if reduced:
        split = reduced_split(split, dataset, machine)
    held = choose_validation(split, seed, validation_classes)
    seen = tuple(name for name in split.seen if name not in held)
    others = tuple(without_classes(other, (*held, *split.unseen), without_near) for other in auxiliary)
    return Task(dataset, split, seed, seen, held, split.unseen, machine, others)
