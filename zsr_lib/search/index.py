"""Searching an index: the pictures whose codes are nearest to a drawing's, or to those of examples."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from zsr_lib.data.images import MAX_PIXELS
from zsr_lib.search.filters import Filter
from zsr_lib.search.hit import Hit
from zsr_lib.search.near import score_of
from zsr_lib.search.opened import Opened
from zsr_lib.search.query import Example, Query, asked_code


class Index(Opened):
    """An index, open for searching.

    Args:
        folder: As `zsr_lib.search.building.build_index` made it.

    Raises:
        BadFileError: No index, a damaged one, or one of a newer version.
    """

    def reopened(self) -> "Index":
        """The index as it is on disk now; its system is kept if it is the same."""
        fresh = Index(self.folder)
        if fresh.about["system"] == self.about["system"]:
            fresh.embedder = self.embedder
        return fresh

    def search(
        self,
        sketch: Query | None = None,
        count: int = 20,
        where: Filter | None = None,
        *,
        photo: bool = False,
        more: Sequence[Example] = (),
        less: Sequence[Example] = (),
        most: int = MAX_PIXELS,
    ) -> list[Hit]:
        """The pictures that are nearest to a sketch.

        Args:
            sketch: A picture file, or (H, W, 3) uint8 pixels; None with `more` alone.
            count: How many.
            where: Which windows are searched.
            photo: It is a photo and no sketch.
            more: Photos of what is wanted, too: files, pixels, or rows of hits.
            less: Photos of what is not; such rows are not found.
            most: Pixels that a picture given as bytes may have.

        Returns:
            Best first; what a sketch alone found says what to expect of it, where that was measured.

        Raises:
            BadFileError: A picture cannot be read.
            BusyError: As `nearest` does.
            BadInputError: Nothing is drawn on the sketch, a row has no picture, or nothing says what is wanted.
        """
        code = asked_code(self, sketch, photo=photo, more=more, less=less, most=most)
        hits = self.nearest(code, count, where, [each for each in less if isinstance(each, int)])
        if self.calibration is None or photo or more or less:
            return hits
        shares = self.calibration.expected([hit.score for hit in hits])
        return [replace(hit, expected=share) for hit, share in zip(hits, shares, strict=True)]

    def nearest(
        self, code: np.ndarray, count: int = 20, where: Filter | None = None, without: Sequence[int] = ()
    ) -> list[Hit]:
        """The pictures whose codes are nearest to a code of the same system, by ascending distance.

        Args:
            code: (D,).
            count: How many.
            where: Which windows are searched.
            without: Rows that are not.

        Raises:
            BusyError: The index has changed since it was opened; `reopened` gives it as it is now.
        """
        rows, distances = self._table.nearest(code[None], count, self._among(where, without))
        hits = [self.hit(int(row), float(each)) for row, each in zip(rows[0], distances[0], strict=True)]
        self._check_generation()
        return hits

    def scores(self, codes: np.ndarray) -> np.ndarray:
        """(Q, N) of (Q, D) codes and all windows by ascending row; higher is better."""
        rows, distances = self._table.nearest(codes, len(self))
        by_row = np.take_along_axis(distances, np.argsort(rows, axis=1), axis=1)
        return score_of(by_row, self.form.distance)

    def hits(self) -> Iterator[Hit]:
        """All windows by ascending row, at no distance from anything."""
        return (self.hit(int(row), 0.0) for row in self.rows)

    def places(self, hits: Sequence[Hit]) -> np.ndarray:
        """(K,) where hits stand among all windows by ascending row."""
        return np.searchsorted(self.rows, [hit.row for hit in hits])

    def fitting(self, where: Filter | None) -> int:
        """Number of windows that a filter leaves."""
        return int(where.fits(self.columns).sum()) if where else len(self)

    def _among(self, where: Filter | None, without: Sequence[int]) -> np.ndarray | None:
        """(len(table),) bool: the rows to search; None for all."""
        if not where and not len(without):
            return None
        kept = np.zeros(len(self._table), bool)
        kept[self.rows] = where.fits(self.columns) if where else True
        kept[[row for row in without if 0 <= row < len(kept)]] = False
        return kept
