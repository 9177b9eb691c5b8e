"""From files to records of codes on disk, in the order in which a kill does no harm."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from zsr_lib.data.checksums import combined
from zsr_lib.errors import BadFileError
from zsr_lib.files import atomic_path, explained, sha256_of
from zsr_lib.search.bands import Band
from zsr_lib.search.blocks import Block, RunningBlocks
from zsr_lib.search.codes import CodeFormat
from zsr_lib.search.embedding import Embedder
from zsr_lib.search.opened import codes_file
from zsr_lib.search.pictures import PictureFile, shown_by
from zsr_lib.search.scenes import Scene, open_scene
from zsr_lib.search.tables import Entry
from zsr_lib.search.windows import Tiling, Window
from zsr_lib.search.writable_catalogue import WritableCatalogue

TOGETHER = 128
"""Windows that are embedded at a time."""
MANY = 16
"""A file of more windows is read window by window while it is embedded: all of them may not fit into memory."""
FILLED = 0.5
"""A scene's windows with a smaller share of valid pixels are left out: their edges look like lines that were drawn."""
WASTE = 0.25
"""Share of codes that nothing refers to, above which they are written anew."""

Read = tuple[Window, dict[str, Any], np.ndarray]


@dataclass(frozen=True)
class Source:
    """A file that was read.

    Attributes:
        file: The file.
        sha256: Of its bytes, and of the files that it shows.
        windows: What is to be embedded.
        problem: Why there is nothing, if there is nothing.
    """

    file: PictureFile
    sha256: str
    windows: Iterable[Read] = ()
    problem: str = ""


def read_source(
    pictures: Path, file: PictureFile, tiling: Tiling, size: int, bands: Sequence[Band] | None = None
) -> Source:
    """Reads and decodes one file; whatever is wrong with it becomes its `problem`."""
    path, checksum = pictures / file.path, ""
    try:
        checksum = _checksum(path)
        with open_scene(path, bands=bands) as scene:
            windows = list(islice(tiling.windows(scene.width, scene.height), MANY + 1))
            if len(windows) <= MANY:
                return Source(file, checksum, list(_filled(scene, windows, size)))
        return Source(file, checksum, _one_by_one(path, tiling, size, bands))
    except BadFileError as error:
        return Source(file, checksum, problem=error.problem)


def _checksum(path: Path) -> str:
    try:
        first, *others = map(sha256_of, shown_by(path))
        return combined([first, *others]) if others else first
    except OSError as error:
        raise BadFileError(f"{path} cannot be read ({error.strerror}).", "check the file and its rights.") from error


def _one_by_one(path: Path, tiling: Tiling, size: int, bands: Sequence[Band] | None) -> Iterator[Read]:
    with open_scene(path, bands=bands) as scene:
        yield from _filled(scene, tiling.windows(scene.width, scene.height), size)


def _filled(scene: Scene, windows: Iterable[Window], size: int) -> Iterator[Read]:
    """What is read of the windows that show something.

    Raises:
        BadFileError: None does.
    """
    whole, found = Window(0, 0, scene.width, scene.height), False
    for window in windows:
        valid = scene.valid(window)
        if valid >= FILLED or (window == whole and valid > 0):
            found = True
            yield window, scene.place(window), scene.read(window, size)
    if not found:
        raise BadFileError("nothing but no-data is in it.", "delete the file, or correct its no-data value.")


class CodeWriter:
    """Appends codes to an index's file of codes; a context manager.

    Args:
        folder: The index.
        generation: Of the file.
        last: The last block of the file that the catalogue knows.
        form: Of the records.
        system: Makes the codes.
    """

    def __init__(self, folder: Path, generation: int, last: Block | None, form: CodeFormat, system: Embedder) -> None:
        self._folder, self._form, self._system = folder, form, system
        with explained(folder):
            self._stream = codes_file(folder, generation).open("ab")
        # A kill may have left records that no catalogue names: they are written over.
        self._row = last.end if last else 0
        self._blocks = RunningBlocks(last, form.dtype.itemsize)
        with explained(folder):
            self._stream.truncate(self._row * form.dtype.itemsize)

    def __enter__(self) -> "CodeWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def write(self, sources: Sequence[Source]) -> tuple[list[Entry], list[Block]]:
        """Embeds all windows and brings their codes to the disk; then the catalogue may be told.

        Returns:
            One entry a source, and the blocks of codes that have changed.

        Raises:
            ZsrError: The disk is full.
        """
        rows: list[list[tuple[int, Window, dict[str, Any]]]] = [[] for _ in sources]
        problems = [source.problem for source in sources]
        pending: list[tuple[int, Read]] = []
        for number, source in enumerate(sources):
            try:
                for read in source.windows:
                    pending.append((number, read))
                    if len(pending) == TOGETHER:
                        self._append(pending, rows)
            except BadFileError as error:  # damage that shows only where a large scene is read
                problems[number] = error.problem
        self._append(pending, rows)
        with explained(self._folder):
            self._stream.flush()
            os.fsync(self._stream.fileno())
        entries = [
            Entry(source.file, source.sha256, () if problem else windows, problem)
            for source, windows, problem in zip(sources, rows, problems, strict=True)
        ]
        return entries, self._blocks.changed()

    def _append(self, pending: list[tuple[int, Read]], rows: list[list[tuple[int, Window, dict[str, Any]]]]) -> None:
        if not pending:
            return
        codes = self._system.photos(np.stack([pixels for _, (_, _, pixels) in pending]))
        data = self._form.packed(codes).tobytes()
        with explained(self._folder):
            self._stream.write(data)
        self._blocks.append(data)
        for number, (window, place, _) in pending:
            rows[number].append((self._row, window, place))
            self._row += 1
        pending.clear()


def compact(catalogue: WritableCatalogue, folder: Path, form: CodeFormat) -> None:
    """Writes the codes anew without those that nothing refers to, if these are many.

    The next generation is complete on disk before the catalogue names it, in the same step that renumbers its rows.
    """
    generation, (rows, blocks) = catalogue.about["generation"], catalogue.in_use()
    old, held = codes_file(folder, generation), max((block.end for block in blocks.values()), default=0)
    if held - len(rows) > WASTE * held:
        records = np.memmap(old, form.dtype, "r", shape=(held,))
        running = RunningBlocks(None, form.dtype.itemsize)
        with atomic_path(codes_file(folder, generation + 1)) as temporary, temporary.open("wb") as stream:
            for start in range(0, len(rows), 65_536):
                data = records[rows[start : start + 65_536]].tobytes()
                stream.write(data)
                running.append(data)
        catalogue.renumber(rows.tolist(), running.changed(), generation + 1)
    for path in folder.glob("codes-*.bin"):
        if path != codes_file(folder, catalogue.about["generation"]):
            path.unlink()
