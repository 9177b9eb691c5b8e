"""All splits by name, among them random choices of unseen classes: ``sketchy-25-choice-0`` … ``sketchy-25-choice-99``.

Which classes are unseen moves a result more than most methods do, so a claim about methods needs more than one choice.
Unseen are those classes whose SHA-256 of ``"<name of the split>/<class>"`` comes first: the same on every machine, for
ever, whatever the order of the classes and whoever draws.
"""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from zsr_lib.data.names import class_key
from zsr_lib.data.splits.by_items import PREFIX as BY_ITEMS
from zsr_lib.data.splits.by_items import ItemSplit, item_split
from zsr_lib.data.splits.choices import CHOICES, PREFIX, choice_from_name, eoc_choice
from zsr_lib.data.splits.lists_on_disk import frozen_names, frozen_split, is_split_file, split_from_file
from zsr_lib.data.splits.split import Split
from zsr_lib.errors import BadInputError, UnknownNameError

KINDS = {
    "generated-6-choice-": "generated-14-6",
    "sketchy-25-choice-": "sketchy-25-sake",
    "tuberlin-30-choice-": "tuberlin-30-sake",
}
"""Prefix of the names → the frozen split whose classes are divided anew, as many of them unseen."""

RANDOM_CHOICES = 100


def get_split(name: str) -> Split | ItemSplit:
    """The split called `name`: of classes, of items (``by-pair-20-choice-0``), or in a file (``mine.txt``).

    >>> get_split("eoc-10-4").unseen
    ('river', 'runway', 'storagetanks', 'tenniscourt')

    Raises:
        UnknownNameError: No such split; names the nearest.
        BadInputError: ``eoc-cv-…`` with an index outside 0 … 1000, ``…-choice-…`` with one outside 0 … 99, or
            ``by-…`` of another form.
        BadFileError: The list that ships with the library was changed, or a file of one's own cannot be used.
        DataNotFoundError: No such file.
    """
    if name.startswith(PREFIX):
        return choice_from_name(name)
    if is_split_file(name):
        return split_from_file(name)
    if name.startswith(BY_ITEMS):
        return item_split(name)
    if is_random_choice(name):
        return random_choice(name)
    if name not in frozen_names():
        ends = (eoc_choice(0).name, eoc_choice(CHOICES - 1).name, *(f"{prefix}0" for prefix in KINDS))
        raise UnknownNameError("split", name, (*frozen_names(), *ends, ItemSplit(0.2).name))
    return frozen_split(name)


def split_names(dataset: str | None = None, every_choice: bool = False) -> tuple[str, ...]:
    """Names for `get_split`, sorted.

    Args:
        dataset: Only splits of this data set.
        every_choice: Also the 1 001 names ``eoc-cv-0000`` … ``eoc-cv-1000`` and all ``…-choice-…``.
    """
    names = [name for name in frozen_names() if dataset in (None, frozen_split(name).dataset)]
    if every_choice:
        names += [f"{PREFIX}{index:04d}" for index in range(CHOICES) if dataset in (None, "eoc")]
        names += [name for name in random_choice_names() if dataset in (None, random_choice(name).dataset)]
    return tuple(sorted(names))


def shared_unseen(a: str, b: str) -> tuple[str, ...]:
    """Unseen classes that the splits named `a` and `b` have in common, sorted, in the spelling of `a`."""
    keys = {class_key(name) for name in get_split(b).unseen}
    return tuple(sorted(name for name in get_split(a).unseen if class_key(name) in keys))


def overlap_table(names: Sequence[str]) -> np.ndarray:
    """(S, S) int64: how many unseen classes each pair of the S named splits shares; sizes on the diagonal."""
    return np.array([[len(shared_unseen(a, b)) for b in names] for a in names], dtype=np.int64)


def is_random_choice(name: str) -> bool:
    """Whether a split's name asks for a random choice."""
    return name.startswith(tuple(KINDS))


def random_choice(name: str) -> Split:
    """The split called ``<prefix>0`` … ``<prefix>99``, with a prefix of `KINDS`.

    >>> len(random_choice("sketchy-25-choice-7").unseen)
    25

    Raises:
        BadInputError: What follows the prefix is not a number from 0 to 99, or is written with leading zeros.
    """
    prefix = next(each for each in KINDS if name.startswith(each))
    if not re.fullmatch(r"0|[1-9][0-9]?", name.removeprefix(prefix)):
        raise BadInputError(
            f"there is no random choice '{name}'.",
            f"use a number from 0 to {RANDOM_CHOICES - 1}: {prefix}0 … {prefix}{RANDOM_CHOICES - 1}.",
        )
    known = frozen_split(KINDS[prefix])
    classes = sorted(known.classes)
    drawn = sorted(classes, key=lambda each: hashlib.sha256(f"{name}/{each}".encode()).digest())[: len(known.unseen)]
    return Split(
        name,
        known.dataset,
        tuple(each for each in classes if each not in drawn),
        tuple(sorted(drawn)),
        source=f"This project: a random choice of {len(drawn)} unseen classes among {len(classes)}.",
        note="Unseen are the classes whose SHA-256 with the split's name comes first.",
    )


def random_choice_names() -> tuple[str, ...]:
    """All names for `random_choice`, by prefix and number."""
    return tuple(f"{prefix}{number}" for prefix in KINDS for number in range(RANDOM_CHOICES))
