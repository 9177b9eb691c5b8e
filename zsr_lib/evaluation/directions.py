"""Directions: what is retrieved by what, ``a→b`` for queries of modality a against a gallery of modality b."""

import re
from collections.abc import Collection

from zsr_lib.errors import BadInputError, UnknownNameError

DIRECTIONS = ("sketch→photo", "photo→sketch", "sketch→sketch", "photo→photo")
"""The usual ones; the two ends may be any modalities that the data have."""
AS_GIVEN = "as given"
_FORM = re.compile(r"([^\s→;]+)→([^\s→;]+)")


def ends(direction: str) -> tuple[str, str]:
    """The modalities of queries and gallery; the arrow may be ``->``.

    >>> ends("pan->ms")
    ('pan', 'ms')

    Raises:
        BadInputError: It is no direction.
    """
    found = _FORM.fullmatch(direction.replace("->", "→"))
    if not found:
        raise BadInputError(
            f"'{direction}' is no direction.",
            f"write two modalities with an arrow between them, for example {DIRECTIONS[0]}.",
        )
    return found[1], found[2]


def is_unimodal(direction: str) -> bool:
    """Whether queries and gallery are of one modality; False for `AS_GIVEN`."""
    return direction != AS_GIVEN and len(set(ends(direction))) == 1


def check_ends(direction: str, dataset: str, modalities: Collection[str]) -> None:
    """Makes sure that a data set has both modalities of a direction.

    Raises:
        UnknownNameError: It lacks one; names the nearest.
        BadInputError: It is no direction.
    """
    for modality in ends(direction):
        if modality not in modalities:
            raise UnknownNameError(f"modality of data set '{dataset}' in direction {direction}:", modality, modalities)
