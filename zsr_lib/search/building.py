"""Makes an index of a folder and keeps it up to date: only what is new, changed or gone is touched."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from zsr_lib import __version__
from zsr_lib.errors import BadInputError
from zsr_lib.files import exclusive, remove_parts, sha256_of
from zsr_lib.models.saving import BACKBONE, DESCRIPTION
from zsr_lib.progress import progress_bar
from zsr_lib.search.bands import Band
from zsr_lib.search.codes import CodeFormat, Kind
from zsr_lib.search.database import note_whole
from zsr_lib.search.embedding import Embedder, copy_system
from zsr_lib.search.mending import mend
from zsr_lib.search.opened import CATALOGUE, MODEL
from zsr_lib.search.pictures import PictureFile, ignored_in, pictures_in
from zsr_lib.search.tables import Known
from zsr_lib.search.windows import Tiling
from zsr_lib.search.writable_catalogue import WritableCatalogue
from zsr_lib.search.writing import CodeWriter, Source, compact, read_source

READERS = 2
BATCH = 64
"""Files that are read before their windows are embedded; a kill loses no more than their work."""


@dataclass(frozen=True)
class Options:
    """How an index is made; an index that exists keeps its own.

    Attributes:
        kind: How codes are kept; None takes bits for systems of bits, else int8.
        tiling: How large scenes are cut; None takes the usual way.
        bands: Of rasters, numbers from 1 or names: red, green and blue, or one as grey; None takes what each file says.

    Raises:
        BadInputError: Neither one band nor three.
    """

    kind: Kind | None = None
    tiling: Tiling | None = None
    bands: tuple[Band, ...] | None = None

    def __post_init__(self) -> None:
        if self.bands is not None and (len(self.bands) not in (1, 3) or not all(_is_band(each) for each in self.bands)):
            raise BadInputError(
                f"bands {', '.join(map(str, self.bands))} cannot be shown.",
                "name three (red, green, blue) or one, by names or numbers from 1.",
            )


def _is_band(band: Band) -> bool:
    return band >= 1 if isinstance(band, int) else bool(band)


@dataclass(frozen=True)
class Changes:
    """What an update did; numbers of files.

    Attributes:
        new: Not in the index before, or taken out of it because what it held of them was damaged.
        changed: Of other bytes than before.
        deleted: Gone from the archive.
        unchanged: As they were.
        skipped: Path → why the file could not be read.
        mended: How many were taken out because what the index held of them was damaged on disk.
        ignored: Ending → number of files that look like pictures but are not read (`zsr_lib.search.pictures.IGNORED`).
    """

    new: int
    changed: int
    deleted: int
    unchanged: int
    skipped: dict[str, str]
    mended: int
    ignored: dict[str, int]


def build_index(
    pictures: Path, folder: Path, system: Embedder, options: Options | None = None, progress: bool = True
) -> Changes:
    """Makes the index of a folder of pictures, or brings it up to date.

    Files whose size and time are as they were are taken as unchanged; the others are compared by SHA-256. Files that
    cannot be read are listed and skipped, and looked at again every time.

    Args:
        pictures: The archive; only read.
        folder: The index.
        system: Makes the codes.
        options: Of a new index, or None for the usual ones; given for an index that exists, they must be its own.
        progress: Show a bar.

    Raises:
        DataNotFoundError: No such folder, or no picture in it.
        BadInputError: The index is of another folder, another system or other options.
        BusyError: Another process is writing to it.
        ZsrError: The disk is full, or the index cannot be written.
    """
    found = pictures_in(pictures, leave_out=folder)
    with exclusive(folder / ".lock", f"writing to the index {folder}", wait_seconds=0):
        remove_parts(folder, folder / MODEL, folder / MODEL / BACKBONE)
        catalogue = _opened(pictures, folder, system, options)
        try:
            changes = _Update(catalogue, pictures, folder, system).run(found, progress)
        finally:
            catalogue.close()
        note_whole(folder / CATALOGUE)
        return changes


def _opened(pictures: Path, folder: Path, system: Embedder, options: Options | None) -> WritableCatalogue:
    exists = (folder / CATALOGUE).is_file()
    settled = options or Options()
    blank = np.full((1, system.size, system.size, 3), 128, np.uint8)
    length, distance = system.photos(blank).shape[1], system.method.distance
    kind = settled.kind or ("bits" if distance == "hamming" else "int8")
    about = {
        "pictures": str(pictures.resolve()),
        "system": {"method": system.method.name, "sha256": sha256_of(system.folder / DESCRIPTION)},
        "size": system.size,
        "codes": asdict(CodeFormat(kind, length, distance)),
        "tiling": asdict(settled.tiling or Tiling()),
        "bands": settled.bands and list(settled.bands),
    }
    if not exists:
        copy_system(system, folder / MODEL)
    catalogue = WritableCatalogue(folder / CATALOGUE, about | {"generation": 0, "made_with": __version__})
    asked = {"codes": settled.kind, "tiling": settled.tiling, "bands": settled.bands}
    compared = ("pictures", "system", "size", *(name for name, value in asked.items() if value))
    for name in compared:
        if catalogue.about[name] != about[name]:
            raise BadInputError(
                f"{folder} was made with {name} {catalogue.about[name]}, not {about[name]}.",
                "give what it was made with (has the archive moved? --relocate), or name another --out.",
            )
    return catalogue


class _Update:
    """One run over the files of an archive."""

    def __init__(self, catalogue: WritableCatalogue, pictures: Path, folder: Path, system: Embedder) -> None:
        self._catalogue, self._pictures, self._folder, self._system = catalogue, pictures, folder, system
        self._form = CodeFormat(**catalogue.about["codes"])
        self._tiling, self._bands = Tiling(**catalogue.about["tiling"]), catalogue.about["bands"]

    def run(self, found: Sequence[PictureFile], progress: bool) -> Changes:
        ignored = ignored_in(self._pictures, self._folder)
        mended = mend(self._catalogue, self._folder)
        known, blocks = self._catalogue.known(), self._catalogue.blocks()
        gone = known.keys() - {each.path for each in found}
        self._catalogue.forget(gone)
        doubtful = [each for each in found if _is_doubtful(each, known.get(each.path))]
        taken = 0
        with (
            progress_bar(show=progress, total=len(doubtful), desc="indexing", unit=" files") as bar,
            ThreadPoolExecutor(READERS) as pool,  # Pillow and rasterio decode without the interpreter's lock
            CodeWriter(
                self._folder,
                self._catalogue.about["generation"],
                blocks[max(blocks)] if blocks else None,
                self._form,
                self._system,
            ) as writer,
        ):
            for start in range(0, len(doubtful), BATCH):
                batch = doubtful[start : start + BATCH]
                sources = list(pool.map(self._read, batch))
                same = [source.file for source in sources if _is_known(source, known.get(source.file.path))]
                others = [source for source in sources if source.file not in same]
                entries, blocks = writer.write(others)
                self._catalogue.add(entries, blocks)
                self._catalogue.touch(same)
                taken += len(entries)
                bar.update(len(batch))
        new = sum(each.path not in known for each in doubtful)
        compact(self._catalogue, self._folder, self._form)
        return Changes(new, taken - new, len(gone), len(found) - taken, self._catalogue.problems(), mended, ignored)

    def _read(self, file: PictureFile) -> Source:
        return read_source(self._pictures, file, self._tiling, self._system.size, self._bands)


def _is_doubtful(file: PictureFile, known: Known | None) -> bool:
    """Whether a file must be read to know; what could not be read may be readable now."""
    return known is None or known.file != file or bool(known.problem)


def _is_known(source: Source, known: Known | None) -> bool:
    return known is not None and (known.sha256, known.problem) == (source.sha256, source.problem)
