"""An index: the codes of an archive's pictures on disk, with the system that made them.

A folder of four things: ``index.db`` (what is where, `Catalogue`), ``codes-<n>.bin`` (one record a window), ``model/``
(a copy of the system) and a lock. Codes are appended and synced before the catalogue names them, so a kill at any
moment leaves an index that is whole and can go on. Checksums of both (`zsr_lib.search.blocks`, `tables`) are compared
when an index is opened and when a hit is told: what was damaged on disk is said, and never an answer.
"""

from contextlib import closing
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from zsr_lib.errors import BadFileError, BusyError
from zsr_lib.files import sha256_of
from zsr_lib.models.saving import DESCRIPTION
from zsr_lib.search.blocks import damaged_blocks
from zsr_lib.search.catalogue import Catalogue
from zsr_lib.search.codes import CodeFormat, CodeTable
from zsr_lib.search.embedding import Embedder, embedder
from zsr_lib.search.near import score_of
from zsr_lib.search.query import query_pixels
from zsr_lib.search.windows import Tiling, Window

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


@dataclass(frozen=True)
class Hit:
    """One picture that was found.

    Attributes:
        row: Of its code; stays until the index is written anew (`Index.generation`).
        path: The file.
        window: The part of it.
        distance: To the sketch's code.
        score: Higher is better: the cosine, or minus the distance.
        place: Where it lies on the ground; empty if the file does not say.
        state: ``here``, ``missing``, or ``changed`` since it was indexed.
    """

    row: int
    path: Path
    window: Window
    distance: float
    score: float
    place: dict[str, Any]
    state: str

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self) | {"path": str(self.path), "window": list(self.window)}


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
        self.bands: tuple[int, ...] | None = tuple(about["bands"]) if about["bands"] else None
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

    def search(self, sketch: Path | np.ndarray, count: int = 20) -> list[Hit]:
        """The pictures that are nearest to a sketch.

        Args:
            sketch: A picture file, or (H, W, 3) uint8 pixels.
            count: How many.

        Raises:
            BadFileError: The sketch cannot be read.
            BadInputError: Nothing is drawn on it.
        """
        pixels = query_pixels(sketch, self.embedder.size)
        return self.nearest(self.embedder.sketches(pixels[None])[0], count)

    def nearest(self, code: np.ndarray, count: int = 20) -> list[Hit]:
        """The pictures whose codes are nearest to a code of the same system, by ascending distance.

        Raises:
            BusyError: The index has been written anew since it was opened; `reopened` gives it as it is now.
            BadInputError: A picture has been taken out of it since.
        """
        rows, distances = self._table.nearest(code[None], count)
        hits = [self._hit(int(row), float(each)) for row, each in zip(rows[0], distances[0], strict=True)]
        self._check_generation()
        return hits

    def _check_generation(self) -> None:
        """Rows of another generation are other pictures."""
        if self._catalogue.generation != self.generation:
            raise BusyError(f"{self.folder} has been written anew since it was opened.", "open the index again.")

    def _opened(self) -> tuple[CodeTable, np.ndarray]:
        rows, blocks = self._catalogue.in_use()
        path, width = codes_file(self.folder, self.generation), self.form.dtype.itemsize
        if damaged := damaged_blocks(path, width, blocks, rows):
            self._check_generation()  # if the index is being written anew, the file is gone for a good reason
            raise BadFileError(
                f"{path} is damaged or cut off: {len(damaged)} of {len(blocks)} blocks are not what was written.",
                "run zsr index again: it embeds what is damaged anew and nothing else.",
            )
        if not len(rows):
            return CodeTable(self.form, np.zeros(0, self.form.dtype)), rows
        records = np.memmap(path, self.form.dtype, "r", shape=(rows[-1] + 1,))
        alive = np.zeros(len(records), bool)
        alive[rows] = True
        return CodeTable(self.form, records, alive), rows

    def _hit(self, row: int, distance: float) -> Hit:
        name, stamp, window, place = self._catalogue.window(row)
        path = self.pictures / name
        try:
            told = path.stat()
            state = "here" if (told.st_size, told.st_mtime_ns) == stamp else "changed"
        except OSError:
            state = "missing"
        return Hit(row, path, window, distance, score_of(distance, self.form.distance), place, state)
