"""Photos in memory that one draws to find: any number of fitted systems over the same gallery."""

from collections.abc import Mapping

import numpy as np

from zsr_lib.data.groups import GROUPS
from zsr_lib.data.items import ItemSet
from zsr_lib.data.names import match_class
from zsr_lib.data.registry import Dataset
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.models.method import Method
from zsr_lib.search.embedding import embed_pixels
from zsr_lib.search.found import Found, Photo
from zsr_lib.search.near import distances_for, distances_from, score_of
from zsr_lib.search.searchable import ALL, Report, check_asked, unheard

TOGETHER = 256
"""Photos that are embedded between two reports of progress."""


class Gallery:
    """Photos, and the codes that each system gives them: made when first needed, then kept.

    Systems are taken as they are; after another `fit`, make another gallery.

    Args:
        methods: Name → fitted system.
        source: A task, whose photos fall into seen, validation and unseen; or a data set or item set, of which nobody
            says what was seen.

    Raises:
        BadInputError: No system, or no photo with pixels.
    """

    def __init__(self, methods: Mapping[str, Method], source: Task | Dataset | ItemSet) -> None:
        self.methods = dict(methods)
        self._photos = source if isinstance(source, ItemSet) else _photos_of(source)
        names = self._photos.classes
        self._group = [group_of(source, name) if isinstance(source, Task) else "" for name in names]
        self._rows = self._parts(isinstance(source, Task))
        if not self.methods or self._photos.pixels is None or not len(self._rows[ALL]):
            raise BadInputError(
                f"{len(self.methods)} systems and {len(self._rows[ALL])} photos to search.",
                "give one fitted system or more, and photos with their pixels.",
            )
        self._codes: dict[str, np.ndarray] = {}
        self._known = {name: np.zeros(len(self._photos), bool) for name in self.methods}

    @property
    def systems(self) -> tuple[str, ...]:
        """Names of the systems."""
        return tuple(self.methods)

    @property
    def groups(self) -> tuple[str, ...]:
        """Parts that can be searched: those groups of the task that have photos, unseen first, and all of them."""
        return tuple(self._rows)

    @property
    def size(self) -> int:
        """Side of the pictures in pixels."""
        return self._photos.pixels.shape[1]

    def distances(self, system: str) -> tuple[str, ...]:
        """See `zsr_lib.search.searchable.Searchable`."""
        if system not in self.methods:
            raise UnknownNameError("system", system, self.methods)
        return distances_for(self.methods[system])

    def search(
        self,
        sketch: np.ndarray,
        system: str,
        count: int = 10,
        group: str = ALL,
        distance: str | None = None,
        report: Report = unheard,
    ) -> Found:
        """See `zsr_lib.search.searchable.Searchable`."""
        distance = check_asked(self, system, count, group, distance)
        method, rows = self.methods[system], self._rows[group]
        code = embed_pixels(method, sketch[None], "sketch")[0]
        far = distances_from(code, self._embedded(system, rows, report), distance)
        order = np.argsort(far, kind="stable")[:count]
        photos = tuple(self._photo(rows[place], float(far[place]), distance) for place in order)
        return Found(sketch, code, method, system, distance, group, len(rows), photos)

    def _parts(self, is_task: bool) -> dict[str, np.ndarray]:
        if not is_task:
            return {ALL: np.arange(len(self._photos))}
        of_row = np.array(self._group, dtype=object)[self._photos.labels]
        parts = {group: np.flatnonzero(of_row == group) for group in reversed(GROUPS)}
        return {group: rows for group, rows in parts.items() if len(rows)} | {ALL: np.flatnonzero(of_row != "")}

    def _embedded(self, system: str, rows: np.ndarray, report: Report) -> np.ndarray:
        """(len(rows), D) codes; those that are not known are made first."""
        known = self._known[system]
        new = rows[~known[rows]]
        for start in range(0, len(new), TOGETHER):
            report(start, len(new))
            some = new[start : start + TOGETHER]
            made = self.methods[system].embed(self._photos.take(some))
            codes = self._codes.setdefault(system, np.zeros((len(self._photos), made.shape[1]), made.dtype))
            codes[some], known[some] = made, True
        if len(new):
            report(len(new), len(new))
        return self._codes[system][rows]

    def _photo(self, row: int, far: float, distance: str) -> Photo:
        label = int(self._photos.labels[row])
        pixels = np.asarray(self._photos.pixels[row])
        return Photo(self._photos.classes[label], self._group[label], pixels, far, score_of(far, distance))


def _photos_of(source: Task | Dataset) -> ItemSet:
    return source.dataset.photos if isinstance(source, Task) else source.photos


def group_of(task: Task, name: str) -> str:
    """The group that the class `name`, in any spelling, belongs to; '' for one outside the task."""
    try:
        found = match_class(name, (*task.seen, *task.validation, *task.unseen))
    except UnknownNameError:
        return ""
    return next(group for group in GROUPS if found in task.classes(group))
