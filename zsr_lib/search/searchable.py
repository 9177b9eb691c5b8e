"""What can be searched with a drawing, wherever its photos lie."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.search.found import Found

ALL = "all"
"""The part that is everything."""

Report = Callable[[int, int], object]
"""Is told how many photos are embedded, and of how many."""


def unheard(done: int, of: int) -> None:
    """For those who do not ask for reports."""


class Searchable(Protocol):
    """Photos and the systems that find them: `Gallery` in memory, `Archive` on disk."""

    @property
    def systems(self) -> tuple[str, ...]:
        """Names of the systems."""

    @property
    def groups(self) -> tuple[str, ...]:
        """Parts that can be searched."""

    @property
    def size(self) -> int:
        """Side in pixels of the drawings that `search` takes."""

    def distances(self, system: str) -> tuple[str, ...]:
        """How the system's codes can be compared, its own distance first.

        Raises:
            UnknownNameError: No such system.
        """

    def search(
        self,
        sketch: np.ndarray,
        system: str,
        count: int = 10,
        group: str = ALL,
        distance: str | None = None,
        report: Report = unheard,
    ) -> Found:
        """The photos that are nearest to a drawing; among equal distances the earlier photo comes first.

        Args:
            sketch: (size, size, 3) uint8, dark on white, as `zsr_lib.search.query.query_pixels` makes it.
            system: One of `systems`.
            count: How many, at most as many as there are.
            group: One of `groups`.
            distance: One of `distances`; by default the system's own.
            report: Hears of photos that are embedded on the way.

        Raises:
            UnknownNameError: No such system or part.
            BadInputError: The distance does not fit the system's codes, or `count` is not positive.
            ZsrError: What the system itself refuses.
        """


def check_asked(where: Searchable, system: str, count: int, group: str, distance: str | None) -> str:
    """The distance to compare by, when everything that `Searchable.search` was asked for exists.

    Raises:
        UnknownNameError: No such system or part.
        BadInputError: No such distance, or `count` is not positive.
    """
    fitting = where.distances(system)
    if group not in where.groups:
        raise UnknownNameError("part of the gallery", group, where.groups)
    if distance not in (None, *fitting):
        raise BadInputError(
            f"the codes of '{system}' cannot be compared by '{distance}' here.", f"take {' or '.join(fitting)}."
        )
    if count < 1:
        raise BadInputError(f"{count} photos are to be found.", "ask for 1 or more.")
    return distance or fitting[0]
