"""Splits by items, for protocols with seen classes: some items of every class are held out, not some classes.

The names say it all: ``by-pair-20-choice-0`` tests with a fifth of the pairs; ``by-place-20-guard-64-choice-0`` with
what lies in a fifth of all squares of the ground, and trains on nothing that lies nearer than 64 units to that.
"""

import re
from dataclasses import dataclass, field

from zsr_lib.errors import BadInputError, UnknownNameError

PREFIX = "by-"
TOGETHER = {
    "item": "each item alone",
    "pair": "partners together",
    "place": "partners and what lies in one square of the ground together",
}
SQUARE = 4
"""Side of a square in guard bands."""

_NAME = re.compile(PREFIX + r"(\w+)-([0-9.]+)(?:-guard-([0-9.]+))?-choice-([0-9]+)")


@dataclass(frozen=True)
class ItemSplit:
    """A share of each class's items for tests, the others for training; no class is unseen.

    Attributes:
        share: Of the items, pairs or squares of each class, held out; between 0 and 1.
        seed: Which of the possible choices.
        by: What stays together, one of `TOGETHER`.
        guard: Items whose footprints lie nearer than that to a test item's are in no group; in units of the footprints.
        unseen: No classes.

    Raises:
        UnknownNameError: Nothing stays together by that name.
        BadInputError: A number is out of range, or a split by place has no guard band.
    """

    share: float
    seed: int = 0
    by: str = "pair"
    guard: float = 0.0
    unseen: tuple[str, ...] = field(default=(), init=False, repr=False)

    def __post_init__(self) -> None:
        if self.by not in TOGETHER:
            raise UnknownNameError("way to keep items together", self.by, TOGETHER)
        if not (0 < self.share < 1 and self.seed >= 0 and self.guard >= (self.by == "place")):
            raise BadInputError(
                f"a split by {self.by} has share {self.share:g}, seed {self.seed}, guard band {self.guard:g}.",
                "give a share between 0 and 1 and a seed of 0 or more; by place, a guard band of 1 or more.",
            )

    @property
    def name(self) -> str:
        """As `item_split` reads it."""
        band = f"-guard-{self.guard:g}" if self.guard else ""
        return f"{PREFIX}{self.by}-{100 * self.share:g}{band}-choice-{self.seed}"

    @property
    def note(self) -> str:
        """What a reader of a number must know."""
        band = f"; none nearer to them than {self.guard:g} is trained on" if self.guard else ""
        return f"Seen classes: {100 * self.share:g} % of the items are held out, {TOGETHER[self.by]}{band}."

    def within(self, classes: tuple[str, ...]) -> "ItemSplit":
        """The same: it divides the items of any classes."""
        return self


def item_split(name: str) -> ItemSplit:
    """The split called ``by-<what>-<percent>-choice-<seed>``, with ``-guard-<units>`` before ``-choice``.

    >>> item_split("by-pair-20-choice-3")
    ItemSplit(share=0.2, seed=3, by='pair', guard=0.0)

    Raises:
        BadInputError: The name has another form, or one of its numbers cannot be.
        UnknownNameError: Nothing stays together by that name.
    """
    try:
        by, percent, guard, seed = _NAME.fullmatch(name).groups()  # type: ignore[union-attr]
        numbers = float(percent) / 100, int(seed)
        return ItemSplit(*numbers, by, float(guard or 0))
    except (AttributeError, ValueError):
        raise BadInputError(
            f"there is no split by items '{name}'.",
            "write by-pair-20-choice-0 (20 % of the pairs, seed 0) or by-place-20-guard-64-choice-0.",
        ) from None
