"""Random choices of unseen classes by name: ``sketchy-25-choice-0`` … ``sketchy-25-choice-99``, and the like.

Which classes are unseen moves a result more than most methods do, so a claim about methods needs more than one choice.
Unseen are those classes whose SHA-256 of ``"<name of the split>/<class>"`` comes first: the same on every machine, for
ever, whatever the order of the classes and whoever draws.
"""

import hashlib
import re

from zsr_lib.data.splits.lists_on_disk import frozen_split
from zsr_lib.data.splits.split import Split
from zsr_lib.errors import BadInputError

KINDS = {
    "generated-6-choice-": "generated-14-6",
    "sketchy-25-choice-": "sketchy-25-sake",
    "tuberlin-30-choice-": "tuberlin-30-sake",
}
"""Prefix of the names → the frozen split whose classes are divided anew, as many of them unseen."""

CHOICES = 100


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
            f"use a number from 0 to {CHOICES - 1}: {prefix}0 … {prefix}{CHOICES - 1}.",
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
    return tuple(f"{prefix}{number}" for prefix in KINDS for number in range(CHOICES))
