"""Which sketches a task trains on: the data set's own where there are any, else machine-made ones."""

from collections.abc import Sequence

from zsr_lib.data.items import ItemSet, joined
from zsr_lib.errors import BadInputError

HOW_TO_DRAW = "build_task(..., machine_sketches=draw_items(photos, 'contour'))"


def check_drawn(sketches: ItemSet, classes: tuple[str, ...]) -> None:
    """Makes sure that sketches are drawings of a data set's photos.

    Raises:
        BadInputError: They are of another origin than ``machine``, or have other class names.
    """
    if (sketches.classes, sketches.origin) != (classes, "machine"):
        raise BadInputError(
            f"machine_sketches, of origin '{sketches.origin}', are not drawn from this data set's photos.",
            "make them with draw_items(dataset.photos, 'contour').",
        )


def drawn_sketches(
    given: ItemSet | Sequence[ItemSet] | None, classes: tuple[str, ...], names: Sequence[str]
) -> ItemSet | None:
    """The machine-made sketches of the classes `names`, all styles in one set; None if none are given.

    Args:
        given: One set or one for each style.
        classes: The data set's classes.
        names: Those that are wanted.

    Raises:
        BadInputError: Sketches are not of this data set or not machine-made, of different sizes, or given twice.
    """
    parts = [given] if isinstance(given, ItemSet) else list(given or ())
    for part in parts:
        check_drawn(part, classes)
    return joined(*(part.of_classes(names) for part in parts)) if parts else None


def training_sketches(own: ItemSet | None, machine: ItemSet | None, names: Sequence[str]) -> ItemSet:
    """Sketches of all classes `names`: those of `own`, and of `machine` for classes without.

    Raises:
        BadInputError: Classes have neither; names them all.
    """
    by_hand = held_classes(own, names)
    drawn = held_classes(machine, [name for name in names if name not in by_hand])
    if lacking := [name for name in names if name not in (*by_hand, *drawn)]:
        raise BadInputError(
            f"there is no sketch to train on of: {', '.join(lacking)}.", f"have them drawn: {HOW_TO_DRAW}."
        )
    parts = [(items, each) for items, each in ((own, by_hand), (machine, drawn)) if items is not None]
    if not parts:
        raise BadInputError("the data set has no sketches and none were drawn.", f"have them drawn: {HOW_TO_DRAW}.")
    full = [(items, each) for items, each in parts if each] or parts[:1]
    return joined(*(items.of_classes(each) for items, each in full))


def drawn_items(machine: ItemSet | None, names: Sequence[str], group: str) -> ItemSet:
    """The machine-made sketches of the classes `names`, those of a task's `group`.

    Raises:
        BadInputError: There are none.
    """
    if machine is None:
        raise BadInputError(
            f"this task has no machine-made sketches of {group} classes.",
            f"{HOW_TO_DRAW} draws seen and validation classes; tests need hand sketches.",
        )
    return machine.of_classes(names)


def not_drawn(items: ItemSet) -> ItemSet:
    """The same items, to test with.

    Raises:
        BadInputError: They are machine-made.
    """
    if items.origin == "machine":
        raise BadInputError(
            f"machine-made {items.modality} items cannot be queries: they trace the photos to be found.",
            f"query with hand sketches; to train on drawings: {HOW_TO_DRAW}.",
        )
    return items


def held_classes(items: ItemSet | None, names: Sequence[str]) -> tuple[str, ...]:
    """Those of the classes `names` that have at least one item."""
    held = set() if items is None else {items.classes[label] for label in set(items.labels.tolist())}
    return tuple(name for name in names if name in held)
