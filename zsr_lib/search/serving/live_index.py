"""An index that is searched by one thread of its own and follows what `zsr index` does to it meanwhile."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import torch

from zsr_lib import settings
from zsr_lib.errors import BadFileError, BadInputError, BusyError
from zsr_lib.search.index import Hit, Index
from zsr_lib.search.query import query_pixels
from zsr_lib.search.serving.limits import PIXELS, WAITING

TRIES = 3
"""How often a search is made anew because the index was changed meanwhile."""

T = TypeVar("T")


class LiveIndex:
    """One thread embeds and searches, so that whoever waits for it can do something else.

    Args:
        folder: Of the index.

    Raises:
        ZsrError: As `Index` and its `embedder` do.
    """

    def __init__(self, folder: Path) -> None:
        count = settings.threads()
        self._folder, self._waiting = folder, 0
        # torch counts threads by calling thread, and SQLite's connections belong to the thread that made them.
        self._worker = ThreadPoolExecutor(1, "search", initializer=torch.set_num_threads, initargs=(count,))
        try:
            self._index = self._worker.submit(self._open).result()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Waits for the search that is being made; those that wait are given up."""
        self._worker.shutdown(cancel_futures=True)

    def search(self, picture: bytes, count: int) -> asyncio.Future[dict[str, Any]]:
        """What is nearest to a drawing, ready for JSON; a search that has not begun can be cancelled.

        Args:
            picture: The bytes of a picture file.
            count: How many are wanted.

        Returns:
            ``windows``, the number of all, and ``hits``, best first: ``picture`` (generation and row), ``path`` below
            the archive, ``window``, ``score``, ``distance``, ``place`` and ``state`` as in `Hit`.

        Raises:
            BadFileError: It is no picture, damaged, or too large.
            BadInputError: Nothing is drawn on it.
            BusyError: The index is being changed, or gone; or too many searches wait already.
        """
        if self._waiting > WAITING:
            raise BusyError(f"{WAITING} searches are waiting already.", "search again in a moment.")
        self._waiting += 1
        found = self._soon(lambda: self._search(picture, count))
        found.add_done_callback(self._answered)
        return found

    def _answered(self, _: asyncio.Future) -> None:
        self._waiting -= 1

    def about(self) -> asyncio.Future[dict[str, Any]]:
        """What is searched, ready for JSON: ``archive``, ``system``, and numbers of ``pictures`` and ``windows``.

        Raises:
            BusyError: As `search` does.
        """
        return self._soon(self._about)

    def _soon(self, work: Callable[[], T]) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._worker, work)

    def _open(self) -> Index:
        index = Index(self._folder)
        _ = index.embedder  # loaded now, not when the first drawing waits for it
        return index

    def _follow(self) -> Index:
        try:
            if self._index.stale:
                self._index = self._index.reopened()
        except BadFileError as error:
            raise BusyError(
                "the index cannot be read just now.", "search again when zsr index has finished."
            ) from error
        return self._index

    def _about(self) -> dict[str, Any]:
        index = self._follow()
        told = index.about
        numbers = {name: told[name] for name in ("pictures", "windows")}
        return numbers | {"archive": str(index.pictures), "system": told["system"]["method"]}

    def _search(self, picture: bytes, count: int) -> dict[str, Any]:
        for _ in range(TRIES):
            index = self._follow()
            sketch = query_pixels(picture, index.embedder.size, PIXELS)
            try:
                hits = index.nearest(index.embedder.sketches(sketch[None])[0], count)
            except (BadInputError, BusyError):  # rows are no longer there, or mean other pictures
                continue
            if self._follow() is index:
                return {"windows": len(index), "hits": [_told(index, hit) for hit in hits]}
        raise BusyError("the index is being changed just now.", "search again in a moment.")


def _told(index: Index, hit: Hit) -> dict[str, Any]:
    return hit.as_dict() | {
        "picture": f"{index.generation}/{hit.row}",
        "path": hit.path.relative_to(index.pictures).as_posix(),
    }
