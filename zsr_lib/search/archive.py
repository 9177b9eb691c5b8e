"""An index on disk as something to draw for, in the same way as for photos in memory."""

import numpy as np

from zsr_lib.errors import BadFileError
from zsr_lib.search.found import Found, Photo
from zsr_lib.search.hit import Hit
from zsr_lib.search.index import Index
from zsr_lib.search.scenes import cut_out
from zsr_lib.search.searchable import ALL, Report, check_asked, unheard

NOTHING = 128
"""Grey of a picture that cannot be shown."""


class Archive:
    """The pictures of an index; its own system finds them, by the distance that the index was made for.

    Args:
        index: An open index.
    """

    groups = (ALL,)

    def __init__(self, index: Index) -> None:
        self.index = index
        self.systems = (index.about["system"]["method"],)
        self.size: int = index.about["size"]

    def distances(self, system: str) -> tuple[str, ...]:
        """The index's own distance, whatever the system."""
        return (self.index.form.distance,)

    def search(
        self,
        sketch: np.ndarray,
        system: str,
        count: int = 10,
        group: str = ALL,
        distance: str | None = None,
        report: Report = unheard,
    ) -> Found:
        """See `zsr_lib.search.searchable.Searchable`; a picture that cannot be read is grey, and its name says why."""
        distance = check_asked(self, system, count, group, distance)
        if self.index.stale:
            self.index = self.index.reopened()
        code = self.index.embedder.sketches(sketch[None])[0]
        photos = tuple(self._photo(hit) for hit in self.index.nearest(code, count))
        method = self.index.embedder.method
        return Found(sketch, code, method, system, distance, group, len(self.index), photos)

    def _photo(self, hit: Hit) -> Photo:
        name = str(hit.path.relative_to(self.index.pictures))
        if (hit.window.left, hit.window.top) != (0, 0):
            name += f" at {hit.window.left}, {hit.window.top}"
        if hit.state == "changed":
            name += " (changed since it was indexed)"
        try:
            pixels = cut_out(hit.path, hit.window, self.size, self.index.bands)
        except BadFileError:
            pixels = np.full((self.size, self.size, 3), NOTHING, np.uint8)
            name += " (cannot be read)"
        return Photo(name, "", pixels, hit.distance, hit.score)
