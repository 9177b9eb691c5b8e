"""An index that is searched by one thread of its own and follows what `zsr index` does to it meanwhile."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch

from zsr_lib import settings
from zsr_lib.errors import BadFileError, BadInputError, BusyError
from zsr_lib.search.filters import Filter
from zsr_lib.search.hit import Hit
from zsr_lib.search.index import Index
from zsr_lib.search.serving.limits import PIXELS, WAITING

TRIES = 3
"""How often a search is made anew because the index was changed meanwhile."""

T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """One search.

    Attributes:
        picture: The bytes of a picture file; none where `more` alone says what is wanted.
        count: How many are wanted.
        photo: It is a photo and no sketch.
        more: Generation and row of hits that are wanted, too.
        less: The same of hits that are not.
        where: Which windows are searched.
    """

    picture: bytes
    count: int
    photo: bool = False
    more: Sequence[tuple[int, int]] = ()
    less: Sequence[tuple[int, int]] = ()
    where: Filter | None = None


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

    def search(self, asked: Asked) -> asyncio.Future[dict[str, Any]]:
        """What is nearest to a drawing, ready for JSON; a search that has not begun can be cancelled.

        Returns:
            ``windows``, the number of those that fit the filter, and ``hits``, best first: ``picture`` (generation and
            row), ``path`` below the archive, ``window``, ``score``, ``distance``, ``place`` and ``state`` as in `Hit`.

        Raises:
            BadFileError: It is no picture, damaged, or too large.
            BadInputError: Nothing is drawn on it, or nothing says what is wanted.
            BusyError: The index is being changed, or gone; or too many searches wait already; or the examples are rows
                of an index that was written anew since.
        """
        if self._waiting > WAITING:
            raise BusyError(f"{WAITING} searches are waiting already.", "search again in a moment.")
        self._waiting += 1
        found = self._soon(lambda: self._search(asked))
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

    def _search(self, asked: Asked) -> dict[str, Any]:
        for _ in range(TRIES):
            index = self._follow()
            more, less = (_rows(index, each) for each in (asked.more, asked.less))
            # An empty body is a picture that is said to be empty, unless examples say what is wanted.
            picture = asked.picture or (None if more else b"")
            try:
                windows = index.fitting(asked.where)
                hits = index.search(
                    picture, asked.count, asked.where, photo=asked.photo, more=more, less=less, most=PIXELS
                )
            except BusyError:  # rows are no longer there, or mean other pictures
                continue
            if self._follow() is index:
                return {"windows": windows, "hits": [_told(index, hit) for hit in hits]}
        raise BusyError("the index is being changed just now.", "search again in a moment.")


def _rows(index: Index, examples: Sequence[tuple[int, int]]) -> list[int]:
    if any(generation != index.generation for generation, _ in examples):
        raise BadInputError("the index was written anew since these examples were chosen.", "choose them again.")
    return [row for _, row in examples]


def _told(index: Index, hit: Hit) -> dict[str, Any]:
    return hit.as_dict() | {
        "picture": f"{index.generation}/{hit.row}",
        "path": hit.name,
    }
