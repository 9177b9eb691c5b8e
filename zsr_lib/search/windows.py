"""Large scenes are searched as overlapping square windows; what is small is searched whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from zsr_lib.errors import BadInputError


class Window(NamedTuple):
    """A part of a picture in pixels: left, top, width, height."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Tiling:
    """How scenes are cut.

    Attributes:
        side: Of a window in pixels.
        overlap: Of neighbouring windows in pixels; the last ones of a row or column overlap more, so that all have
            the same size and nothing is left out. Half of the side: chapter 20 measures what less and more are worth.
        whole: Pictures with no side above this are one window.

    Raises:
        BadInputError: The overlap is not smaller than the side, or `whole` is smaller than the side.
    """

    side: int = 256
    overlap: int = 128
    whole: int = 512

    def __post_init__(self) -> None:
        if not 0 <= self.overlap < self.side:
            raise BadInputError(
                f"windows of {self.side} pixels cannot overlap by {self.overlap}.", "let them overlap by less."
            )
        if self.whole < self.side:
            raise BadInputError(
                f"pictures up to {self.whole} pixels are to stay whole, but windows have {self.side}.",
                "give a number that is at least a window's side.",
            )

    def windows(self, width: int, height: int) -> Iterator[Window]:
        """The windows of a picture, row by row.

        >>> list(Tiling(side=4, overlap=1, whole=4).windows(6, 4))
        [Window(left=0, top=0, width=4, height=4), Window(left=2, top=0, width=4, height=4)]
        """
        if max(width, height) <= self.whole:
            yield Window(0, 0, width, height)
            return
        wide, high = min(self.side, width), min(self.side, height)
        for top, left in product(self._starts(height, high), self._starts(width, wide)):
            yield Window(left, top, wide, high)

    def _starts(self, length: int, side: int) -> list[int]:
        step = side - min(self.overlap, side - 1)
        return [*range(0, length - side, step), length - side]
