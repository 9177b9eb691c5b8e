"""Every choice of four unseen classes among the fourteen of Earth on Canvas.

With four unseen classes the choice of classes moves the result more than most methods do, so a claim about
methods needs more than one choice. There are 14·13·12·11 / 4! = 1 001 of them.
"""

import re
from itertools import combinations, islice
from math import comb

from zsr_lib.data.names import EOC_CLASSES
from zsr_lib.data.splits.split import Split
from zsr_lib.errors import BadInputError

PREFIX = "eoc-cv-"
UNSEEN = 4
CHOICES = comb(len(EOC_CLASSES), UNSEEN)


def eoc_choice(index: int) -> Split:
    """The `index`-th choice in lexicographic order; 0 leaves out the first four classes, 1000 the last four.

    Raises:
        BadInputError: The index is not in 0 … 1000.
    """
    if not 0 <= index < CHOICES:
        raise BadInputError(
            f"there is no choice {index} of {UNSEEN} classes among {len(EOC_CLASSES)}.",
            f"use an index from 0 to {CHOICES - 1}: {PREFIX}0000 … {PREFIX}{CHOICES - 1}.",
        )
    unseen = next(islice(combinations(EOC_CLASSES, UNSEEN), index, None))
    seen = tuple(name for name in EOC_CLASSES if name not in unseen)
    return Split(
        f"{PREFIX}{index:04d}",
        "eoc",
        seen,
        unseen,
        source="This project: all choices of 4 unseen classes among 14, in lexicographic order.",
        note=f"Choice {index} of 0 … {CHOICES - 1}, for cross-validation over classes.",
    )


def choice_from_name(name: str) -> Split:
    """The split called ``eoc-cv-0000`` … ``eoc-cv-1000``.

    Raises:
        BadInputError: What follows the prefix is not a number from 0 to 1000.
    """
    digits = name.removeprefix(PREFIX)
    return eoc_choice(int(digits) if re.fullmatch(r"[0-9]{1,4}", digits) else -1)
