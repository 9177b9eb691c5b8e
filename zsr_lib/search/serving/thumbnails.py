"""Thumbnails by row: nobody who asks names a file."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from zsr_lib.errors import BadFileError
from zsr_lib.search.bands import Band
from zsr_lib.search.catalogue import Catalogue
from zsr_lib.search.opened import CATALOGUE
from zsr_lib.search.pictures import stamp_of
from zsr_lib.search.thumbnail import thumbnail
from zsr_lib.search.windows import Window

SIDE = 256
READERS = 2
KEPT = 512
"""Thumbnails of about 10 kB that are held in memory: a drawing that grows finds much of the same again."""


class Thumbnails:
    """Makes thumbnails in threads of their own, so that large scenes do not hold up searches.

    Args:
        folder: Of the index.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._workers = ThreadPoolExecutor(READERS, "thumbnails")

    def close(self) -> None:
        """Waits for what is being made; the rest is given up."""
        self._workers.shutdown(cancel_futures=True)

    def jpeg(self, generation: int, row: int) -> asyncio.Future[bytes]:
        """The window behind a code as a JPEG file.

        Args:
            generation: Of the index when the row was told: later the same row may be another picture.
            row: Of the code.

        Raises:
            BadInputError: There is no such row.
            BadFileError: The index was written anew since, or the picture cannot be read any more.
        """
        return asyncio.get_running_loop().run_in_executor(self._workers, self._jpeg, generation, row)

    def _jpeg(self, generation: int, row: int) -> bytes:
        with closing(Catalogue(self._folder / CATALOGUE)) as catalogue:
            name, _, window, _ = catalogue.window(row)
            if catalogue.about["generation"] != generation or catalogue.stale:
                raise BadFileError("the index was written anew since.", "search again.")
            path, bands = Path(catalogue.about["pictures"], name), catalogue.about["bands"]
        try:
            stamp = stamp_of(path)
        except OSError as error:
            raise BadFileError(f"{name} is missing.", "bring the index up to date: zsr index.") from error
        return _kept(path, stamp, window, bands and tuple(bands))


@lru_cache(KEPT)
def _kept(path: Path, stamp: tuple[int, int], window: Window, bands: tuple[Band, ...] | None) -> bytes:
    return thumbnail(path, window, SIDE, bands)
