"""Which windows of an index are searched: those of a place on Earth, of some files, of some time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import translate
from typing import NamedTuple

import numpy as np

from zsr_lib.errors import BadInputError


class Columns(NamedTuple):
    """What filters look at.

    Attributes:
        paths: Of F files, below the archive.
        changed: (F,) int64, their last change in nanoseconds since 1970.
        files: (N,) int64, the file of each window as a place in the two above.
        boxes: (N, 4) float64, west, south, east, north of each window in degrees; NaN where nobody knows.
    """

    paths: Sequence[str]
    changed: np.ndarray
    files: np.ndarray
    boxes: np.ndarray


def columns_of(files: Sequence[tuple], windows: Sequence[tuple]) -> Columns:
    """Columns from rows of a catalogue.

    Args:
        files: Number, path and last change of each.
        windows: Number of the file, and west, south, east and north or None, by ascending row.
    """
    place = {number: at for at, (number, _, _) in enumerate(files)}
    told = np.array(windows, np.float64).reshape(-1, 5)
    return Columns(
        [path for _, path, _ in files],
        np.array([changed for _, _, changed in files], np.int64),
        np.array([place[number] for number, *_ in windows], np.int64),
        told[:, 1:],
    )


@dataclass(frozen=True)
class Filter:
    """Windows that fit all that is given.

    Attributes:
        bbox: West, south, east, north in degrees: windows that it meets, and none whose place is not known. A west
            above its east crosses the antimeridian, as in GeoJSON.
        path: As a shell has it, for paths below the archive: ``*`` (which crosses folders, too), ``?``, ``[ab]``; the
            name of a folder means all below it.
        since: Files that were changed then or later.

    Raises:
        BadInputError: `bbox` is no box.
    """

    bbox: tuple[float, float, float, float] | None = None
    path: str | None = None
    since: datetime | None = None

    def __post_init__(self) -> None:
        if self.bbox is None:
            return
        west, south, east, north = self.bbox
        if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
            raise BadInputError(
                f"there is no box {west}, {south}, {east}, {north}.",
                "give west, south, east, north in degrees, for example 18.3,-34.4,18.6,-33.8.",
            )

    def __bool__(self) -> bool:
        return self != Filter()

    def fits(self, columns: Columns) -> np.ndarray:
        """(N,) bool: the windows that are searched."""
        kept = np.ones(len(columns.paths), bool)
        if self.path is not None:
            wanted = re.compile(f"{translate(self.path)}|{translate(self.path.rstrip('/') + '/*')}")
            kept &= np.fromiter((wanted.match(path) is not None for path in columns.paths), bool, len(kept))
        if self.since is not None:
            kept &= columns.changed >= int(self.since.timestamp() * 1e9)
        return kept[columns.files] & (True if self.bbox is None else _meets(self.bbox, columns.boxes))


def read_filter(bbox: str | None = None, path: str | None = None, since: str | None = None) -> Filter:
    """A filter from what a user types.

    Args:
        bbox: Four numbers with commas between them.
        path: As `Filter.path`.
        since: A date or time in ISO 8601; of this machine's time zone unless it says another.

    Raises:
        BadInputError: No box, or no date.
    """
    try:
        box = tuple(map(float, bbox.split(","))) if bbox else None
        if box is not None and len(box) != 4:
            raise ValueError
    except ValueError:
        raise BadInputError(f"'{bbox}' is no box.", "write west,south,east,north in degrees.") from None
    try:
        time = datetime.fromisoformat(since).astimezone() if since else None
    except (ValueError, OverflowError):
        raise BadInputError(f"'{since}' is no date.", "write it as 2026-05-31, or 2026-05-31T14:00.") from None
    return Filter(box, path or None, time)


def _meets(bbox: tuple[float, float, float, float], boxes: np.ndarray) -> np.ndarray:
    """(N,) bool: which boxes have a point in common with a box, on a globe."""
    west, south, east, north = bbox
    lefts, bottoms, rights, tops = boxes.T
    east, rights = east + 360 * (east < west), rights + 360 * (rights < lefts)
    turns = np.array([-360.0, 0.0, 360.0])[:, None]
    across = ((lefts + turns <= east) & (rights + turns >= west)).any(axis=0)
    return across & (bottoms <= north) & (tops >= south)
