"""An index: the codes of an archive's pictures on disk, with the system that made them.

A folder of four things: ``index.db`` (what is where, `Catalogue`), ``codes-<n>.bin`` (one record a window), ``model/``
(a copy of the system) and a lock. Codes are appended and synced before the catalogue names them, so a kill at any
moment leaves an index that is whole and can go on. Checksums of both (`zsr_lib.search.blocks`, `tables`) are compared
when an index is opened and when a hit is told: what was damaged on disk is said, and never an answer.
"""

from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from zsr_lib.errors import BadFileError, BadInputError, BusyError
from zsr_lib.files import sha256_of
from zsr_lib.models.saving import DESCRIPTION
from zsr_lib.search.bands import Band
from zsr_lib.search.blocks import damaged_blocks, state_of
from zsr_lib.search.calibration import Calibration, read_calibration
from zsr_lib.search.catalogue import Catalogue
from zsr_lib.search.codes import CodeFormat, CodeTable
from zsr_lib.search.embedding import Embedder, embedder
from zsr_lib.search.filters import Columns
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


class Opened:
    """An index's catalogue, codes and system, opened together and compared with their checksums.

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
        self._table, self.rows = self._opened()
        self._check_generation()

    def __len__(self) -> int:
        """Number of windows that can be found."""
        return len(self.rows)

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

    @cached_property
    def columns(self) -> Columns:
        """What filters look at, of all windows by ascending row.

        Raises:
            BusyError: The index has changed since it was opened.
            BadFileError: Something of it is damaged.
        """
        rows, columns = self._catalogue.columns()
        if not np.array_equal(rows, self.rows):
            raise BusyError(f"{self.folder} has changed since it was opened.", "open the index again.")
        return columns

    def code_of(self, row: int) -> np.ndarray:
        """The (D,) code of the window that a hit's row names.

        Raises:
            BadInputError: No window has this row.
            BusyError: The index has been written anew since.
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

    def hit(self, row: int, distance: float = 0.0) -> Hit:
        """The window that a row names, at some distance from what was asked with.

        Raises:
            BusyError: The index has changed since it was opened.
        """
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
