"""An index: the codes of an archive's pictures on disk, with the system that made them.

A folder of four things: ``index.db`` (what is where, `Catalogue`), ``codes-<n>.bin`` (one record a window), ``model/``
(a copy of the system) and a lock. Codes are appended and synced before the catalogue names them, so a kill at any
moment leaves an index that is whole and can go on. Checksums of both (`zsr_lib.search.blocks`, `tables`) are compared
when an index is opened and when a hit is told: what was damaged on disk is said, and never an answer.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from zsr_lib.data.images import MAX_PIXELS
from zsr_lib.errors import BadFileError, BadInputError, BusyError
from zsr_lib.files import sha256_of
from zsr_lib.models.saving import DESCRIPTION
from zsr_lib.search.asking import Example, Query, asked_code
from zsr_lib.search.bands import Band
from zsr_lib.search.blocks import damaged_blocks, state_of
from zsr_lib.search.calibration import Calibration, read_calibration
from zsr_lib.search.catalogue import Catalogue
from zsr_lib.search.codes import CodeFormat, CodeTable
from zsr_lib.search.embedding import Embedder, embedder
from zsr_lib.search.filters import Columns, Filter
from zsr_lib.search.hit import Hit
from zsr_lib.search.near import score_of
from zsr_lib.search.pictures import stamp_of
from zsr_lib.search.windows import Tiling

CATALOGUE, MODEL = "index.db", "model"


def codes_file(folder: Path, generation: int) -> Path:
    """The file of codes; compaction writes the next generation."""
    return folder / f"codes-{generation}.bin"


def own_embedder(folder: Path) -> Embedder:
    """An index's own copy of the system that made it.

    Raises:
        BadFileError: There is no index, or the copy is damaged.
    """
    with closing(Catalogue(folder / CATALOGUE)) as catalogue:
        about = catalogue.about
    found = embedder(folder / MODEL)
    if sha256_of(found.folder / DESCRIPTION) != about["system"]["sha256"]:
        raise BadFileError(f"{found.folder} is not the system that {folder} was made with.", "make the index again.")
    return Embedder(found.method, about["size"], found.folder)


class Index:
    """An index, open for searching.

    Args:
        folder: As `zsr_lib.search.building.build_index` made it.

    Raises:
        BadFileError: No index, a damaged one, or one of a newer version.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._catalogue = Catalogue(folder / CATALOGUE)
        about = self._catalogue.about
        self.form = CodeFormat(**about["codes"])
        self.tiling = Tiling(**about["tiling"])
        self.bands: tuple[Band, ...] | None = tuple(about["bands"]) if about["bands"] else None
        self.pictures = Path(about["pictures"])
        self.generation: int = about["generation"]
        self._table, self._rows = self._opened()
        self._check_generation()

    def __len__(self) -> int:
        """Number of windows that can be found."""
        return len(self._rows)

    @property
    def about(self) -> dict[str, Any]:
        """Format, source folder, system, code format, tiling, and how many pictures there are."""
        return self._catalogue.about | self._catalogue.counts()

    @property
    def stale(self) -> bool:
        """Whether the index on disk has changed since it was opened: rows may mean other pictures now.

        Raises:
            BadFileError: It is gone.
        """
        return self._catalogue.stale

    def reopened(self) -> "Index":
        """The index as it is on disk now; its system is kept if it is the same."""
        fresh = Index(self.folder)
        if fresh.about["system"] == self.about["system"]:
            fresh.embedder = self.embedder
        return fresh

    @property
    def problems(self) -> dict[str, str]:
        """Path → why the file was skipped."""
        return self._catalogue.problems()

    @cached_property
    def embedder(self) -> Embedder:
        """The index's own copy of the system."""
        return own_embedder(self.folder)

    @cached_property
    def calibration(self) -> Calibration | None:
        """What scores mean, if somebody has measured it: for this index, or for its system."""
        return read_calibration(self.folder) or read_calibration(self.folder / MODEL)

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
        hits = [self._hit(int(row), float(each)) for row, each in zip(rows[0], distances[0], strict=True)]
        self._check_generation()
        return hits

    def scores(self, codes: np.ndarray) -> np.ndarray:
        """(Q, N) of (Q, D) codes and all windows by ascending row; higher is better."""
        rows, distances = self._table.nearest(codes, len(self))
        by_row = np.take_along_axis(distances, np.argsort(rows, axis=1), axis=1)
        return score_of(by_row, self.form.distance)

    def hits(self) -> Iterator[Hit]:
        """All windows by ascending row, at no distance from anything."""
        return (self._hit(int(row), 0.0) for row in self._rows)

    def places(self, hits: Sequence[Hit]) -> np.ndarray:
        """(K,) where hits stand among all windows by ascending row."""
        return np.searchsorted(self._rows, [hit.row for hit in hits])

    def fitting(self, where: Filter | None) -> int:
        """Number of windows that a filter leaves."""
        return int(where.fits(self.columns).sum()) if where else len(self)

    @cached_property
    def columns(self) -> Columns:
        """What filters look at, of all windows by ascending row.

        Raises:
            BusyError: The index has changed since it was opened.
            BadFileError: Something of it is damaged.
        """
        rows, columns = self._catalogue.columns()
        if not np.array_equal(rows, self._rows):
            raise BusyError(f"{self.folder} has changed since it was opened.", "open the index again.")
        return columns

    def _among(self, where: Filter | None, without: Sequence[int]) -> np.ndarray | None:
        """(len(table),) bool: the rows to search; None for all."""
        if not where and not len(without):
            return None
        kept = np.zeros(len(self._table), bool)
        kept[self._rows] = where.fits(self.columns) if where else True
        kept[[row for row in without if 0 <= row < len(kept)]] = False
        return kept

    def code_of(self, row: int) -> np.ndarray:
        """The (D,) code of the window that a hit's row names.

        Raises:
            BadInputError: No window has this row.
            BusyError: As `nearest` does.
        """
        self._catalogue.window(row)
        self._check_generation()
        return self._table.codes([row])[0]

    def _check_generation(self) -> None:
        """Rows of another generation are other pictures."""
        if self._catalogue.generation != self.generation:
            raise BusyError(f"{self.folder} has been written anew since it was opened.", "open the index again.")

    def _opened(self) -> tuple[CodeTable, np.ndarray]:
        rows, blocks = self._catalogue.in_use()
        self.checksum = state_of(rows, blocks)
        path, width = codes_file(self.folder, self.generation), self.form.dtype.itemsize
        if damaged := damaged_blocks(path, width, blocks, rows):
            self._check_generation()  # if the index is being written anew, the file is gone for a good reason
            raise BadFileError(
                f"{path} is damaged or cut off: {len(damaged)} of {len(blocks)} blocks are not what was written.",
                "run zsr index again: it embeds what is damaged anew and nothing else.",
            )
        if not len(rows):
            return CodeTable(self.form, np.zeros(0, self.form.dtype)), rows
        records = np.memmap(path, self.form.dtype, "c", shape=(rows[-1] + 1,))
        alive = np.zeros(len(records), bool)
        alive[rows] = True
        return CodeTable(self.form, records, alive), rows

    def _hit(self, row: int, distance: float) -> Hit:
        try:
            name, stamp, window, place = self._catalogue.window(row)
        except BadInputError as error:  # taken out of it since
            raise BusyError(f"{self.folder} has changed since it was opened.", "open the index again.") from error
        path = self.pictures / name
        try:
            state = "here" if stamp_of(path) == stamp else "changed"
        except OSError:
            state = "missing"
        return Hit(row, path, window, distance, score_of(distance, self.form.distance), place, state, name)
