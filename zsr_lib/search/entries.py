"""What goes into an index's catalogue, and what it is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zsr_lib.search.pictures import PictureFile
from zsr_lib.search.windows import Window


@dataclass(frozen=True)
class Known:
    """What the catalogue says of a file: its stamp, its checksum, and why it was skipped, if it was."""

    file: PictureFile
    sha256: str
    problem: str


@dataclass(frozen=True)
class Entry:
    """A picture that was read.

    Attributes:
        file: The file.
        sha256: Of its bytes.
        windows: Its windows, each with the row of its code and where it lies on the ground (`Place`, or empty).
        problem: Why it could not be read; then there are no windows.
    """

    file: PictureFile
    sha256: str
    windows: Sequence[tuple[int, Window, Mapping[str, Any]]] = ()
    problem: str = ""
