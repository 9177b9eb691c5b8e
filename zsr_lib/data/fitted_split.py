"""A split as a task takes it: spelled as the data set does, without what that lacks, some classes held out."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from zsr_lib.data.groups import SHARE
from zsr_lib.data.items import ItemSet
from zsr_lib.data.names import match_class
from zsr_lib.data.registry import Dataset
from zsr_lib.data.splits import ItemSplit, Split, get_split
from zsr_lib.data.training_sketches import held_classes
from zsr_lib.errors import BadInputError, UnknownNameError, ZsrError

FEWEST = 3


def fitted_split(split: Split | ItemSplit | str, dataset: Dataset) -> Split | ItemSplit:
    """The split, or the split of that name, with the class names of `dataset`.

    Raises:
        UnknownNameError: No such split.
        BadInputError: It divides classes that the data set does not have.
    """
    split = get_split(split) if isinstance(split, str) else split
    try:
        return split.within(dataset.classes)
    except ZsrError as error:
        raise BadInputError(
            f"split '{split.name}' does not fit data set '{dataset.name}': {error.problem}",
            f"correct its list ({error.remedy}), or choose another (split_names('{dataset.name}')).",
        ) from error


def choose_validation(split: Split, seed: int, wanted: int | Sequence[str] | None = None) -> tuple[str, ...]:
    """Validation classes taken from the seen ones, in the split's order.

    By seed, those classes are taken whose SHA-256 of ``"<seed>/<class>"`` comes first: the same on every
    machine, whatever the order of the classes.

    Args:
        split: A split that knows its seen classes.
        seed: Which of the possible choices.
        wanted: How many, or which; by default a fifth of the seen classes, but none of fewer than 3.

    Raises:
        BadInputError: No seen class would be left for training.
        UnknownNameError: A named class is not a seen one.
    """
    total = len(split.seen)
    if wanted is None:
        wanted = max(1, round(SHARE * total)) if total >= FEWEST else 0
    if not isinstance(wanted, int):
        held = {_seen_class(name, split) for name in wanted}
    elif 0 <= wanted <= total:
        held = set(sorted(split.seen, key=lambda name: _rank(name, seed))[:wanted])
    else:
        raise BadInputError(f"{wanted} of {total} seen classes were asked for.", f"ask for 0 to {total - 1}.")
    if total and len(held) == total:
        raise BadInputError(f"{total} validation classes leave no seen one for training.", f"ask for 0 to {total - 1}.")
    return tuple(name for name in split.seen if name in held)


def _rank(name: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}/{name}".encode()).digest()


def _seen_class(name: str, split: Split) -> str:
    try:
        return match_class(name, split.seen)
    except UnknownNameError:
        raise UnknownNameError(f"seen class of split {split.name}", name, split.seen) from None


def reduced_split(split: Split, dataset: Dataset, machine: ItemSet | None = None) -> Split:
    """The split without classes that cannot take part; if there are any, its name ends in ``/reduced``.

    An unseen class needs items of the data set's own in every modality; in a seen one, drawings may take their place.

    Args:
        split: In the spelling of `dataset`.
        dataset: What is here.
        machine: Machine-made sketches of seen classes.

    Raises:
        BadInputError: No seen or no unseen class would be left.
    """
    own = {modality: set(held_classes(items, split.classes)) for modality, items in dataset.items.items()}
    drawn = {} if machine is None else {machine.modality: set(held_classes(machine, split.classes))}
    trained = [own.get(modality, set()) | drawn.get(modality, set()) for modality in {**own, **drawn}]
    seen = tuple(name for name in split.seen if all(name in each for each in trained))
    unseen = tuple(name for name in split.unseen if all(name in each for each in own.values()))
    if not seen or not unseen:
        raise BadInputError(
            f"no {'unseen' if seen else 'seen'} class of split '{split.name}' has {' and '.join(own)} items here.",
            f"see 'zsr data info {dataset.name}' for what is here.",
        )
    if (seen, unseen) == (split.seen, split.unseen):
        return split
    note = f"Reduced to {len(seen)} of {len(split.seen)} seen and {len(unseen)} of {len(split.unseen)} unseen classes."
    return replace(split, name=f"{split.name}/reduced", seen=seen, unseen=unseen, note=f"{split.note} {note}".strip())


def reduced_dataset(dataset: Dataset) -> Dataset:
    """The data set without items of classes that lack a modality; if there are any, a note says which are left.

    Raises:
        BadInputError: No class has items of every modality.
    """
    held = [set(held_classes(items, dataset.classes)) for items in dataset.items.values()]
    whole = [name for name in dataset.classes if all(name in each for each in held)]
    if not whole:
        raise BadInputError(
            f"no class of '{dataset.name}' has {' and '.join(dataset.items)} items here.",
            f"see 'zsr data info {dataset.name}' for what is here.",
        )
    if len(whole) == len(dataset.classes):
        return dataset
    note = f"Reduced to {len(whole)} of {len(dataset.classes)} classes: {', '.join(whole)}."
    items = {name: each.of_classes(whole) for name, each in dataset.items.items()}
    return replace(dataset, items=items, notes=(*dataset.notes, note))
