"""Colours that colour-blind readers can tell apart, and which classes get one."""

from collections.abc import Collection, Sequence

from zsr_lib.viz.contact_sheet import evenly

BLUE, ORANGE, BLACK, SKY, VERMILION, GREEN, PURPLE = OKABE_ITO = (
    "#0072B2", "#E69F00", "#000000", "#56B4E9", "#D55E00", "#009E73", "#CC79A7",
)  # fmt: skip
"""Okabe and Ito, "Color Universal Design", 2008; without yellow, which is lost on white paper.

Ordered such that the pair that red-green blind readers find hardest, green and purple, comes last."""
REST, INK, FAINT = "0.8", "0.15", "0.6"
"""Greys: of classes without a colour, of what carries a meaning, of what helps reading."""
SEEN_AT_LEAST = 3
"""Colours kept for seen classes where there are many of both kinds."""


def class_colours(classes: Collection[str], seen: Collection[str] = ()) -> dict[str, str]:
    """A colour for each of at most seven classes; the others are to be drawn in `REST`.

    Where there are more classes, those at equal steps of the alphabet get one, so that nobody chooses: first the unseen
    ones, which leave at least three colours to the seen ones if there are so many.

    Args:
        classes: Names; the same names give the same colours, in whatever order.
        seen: Those among them (or others, too) that were seen in training.

    Returns:
        Name → colour, unseen classes first, each kind in alphabetical order.
    """
    known = sorted(set(classes) & set(seen))
    unseen = few(sorted(set(classes) - set(seen)), len(OKABE_ITO) - min(SEEN_AT_LEAST, len(known)))
    chosen = [*unseen, *few(known, len(OKABE_ITO) - len(unseen))]
    return dict(zip(chosen, OKABE_ITO, strict=False))


def few(names: Sequence[str], most: int) -> list[str]:
    """At most `most` of the names, at equal steps.

    >>> few(["a", "b", "c", "d", "e"], 3)
    ['a', 'c', 'e']
    """
    return [names[place] for place in evenly(len(names), most)]
