"""Changes of an index's catalogue, each in one transaction."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zsr_lib.files import explained
from zsr_lib.search.blocks import BLOCK, Block
from zsr_lib.search.catalogue import Catalogue
from zsr_lib.search.database import DAMAGE, as_os_error, in_words, make
from zsr_lib.search.pictures import PictureFile
from zsr_lib.search.tables import FORMAT, TABLES, Entry


class WritableCatalogue(Catalogue):
    """A catalogue that can be changed.

    Args:
        path: The file.
        about: Written when the file is made.

    Raises:
        BadFileError: It is damaged, or of another version.
        ZsrError: It cannot be written, or the disk is full.
    """

    mode = "rw"

    def __init__(self, path: Path, about: Mapping[str, Any]) -> None:
        if not path.is_file():
            make(path, TABLES, {"format": FORMAT, **about})
        super().__init__(path)

    def add(self, entries: Iterable[Entry], blocks: Iterable[Block] = ()) -> None:
        """Takes pictures in, in place of what was known of the same paths, and the blocks of codes that hold them."""
        with self._changing() as change:
            change.executemany("INSERT OR REPLACE INTO blocks VALUES (?, ?, ?)", blocks)
            for entry in entries:
                change.execute("DELETE FROM files WHERE path = ?", (entry.file.path,))
                number = change.execute(
                    "INSERT INTO files (path, size, changed, sha256, problem, parts) VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        *(entry.file.path, entry.file.size, entry.file.changed),
                        *(entry.sha256, entry.problem, len(entry.windows)),
                    ),
                ).lastrowid
                change.executemany(
                    'INSERT INTO windows (row, file, "left", top, width, height, place) VALUES (?, ?, ?, ?, ?, ?, ?)',
                    [
                        (row, number, *window, json.dumps(place) if place else "")
                        for row, window, place in entry.windows
                    ],
                )

    def touch(self, files: Iterable[PictureFile]) -> None:
        """Notes new times of files whose bytes are as they were."""
        with self._changing() as change:
            change.executemany(
                "UPDATE files SET size = ?, changed = ? WHERE path = ?", [(f.size, f.changed, f.path) for f in files]
            )

    def forget(self, paths: Iterable[str]) -> None:
        """Takes pictures out."""
        with self._changing() as change:
            change.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])

    def mend(self, numbers: Iterable[int], blocks: Sequence[Block]) -> int:
        """Takes out the files with these numbers, and all that have codes in these blocks, which are noted as they are.

        Returns:
            How many files were taken out; nothing is known of them any more.
        """
        with self._changing() as change:
            change.execute("CREATE TEMP TABLE lost (id INTEGER PRIMARY KEY)")
            change.executemany("INSERT OR IGNORE INTO lost VALUES (?)", [(number,) for number in numbers])
            for block in blocks:
                change.execute(
                    "INSERT OR IGNORE INTO lost SELECT file FROM windows WHERE row >= ? AND row < ?",
                    (block.number * BLOCK, (block.number + 1) * BLOCK),
                )
            change.executemany("INSERT OR REPLACE INTO blocks VALUES (?, ?, ?)", blocks)
            change.execute("DELETE FROM windows WHERE file NOT IN (SELECT id FROM files)")
            count = change.execute("DELETE FROM files WHERE id IN lost").rowcount
            change.execute("DROP TABLE lost")
            change.execute("DELETE FROM in_use")
            change.execute("INSERT INTO in_use SELECT COUNT(*), COALESCE(SUM(row), 0) FROM windows")
        return count

    def relocate(self, pictures: Path) -> None:
        """Notes that the archive lies elsewhere now."""
        with self._changing() as change:
            change.execute("UPDATE about SET value = ? WHERE name = 'pictures'", (json.dumps(str(pictures.resolve())),))
        self.about = self._read_about()

    def renumber(self, rows: Sequence[int], blocks: Iterable[Block], generation: int) -> None:
        """Numbers the codes anew, as they lie in the file of another generation, in one step.

        Args:
            rows: All rows in use, ascending: each becomes its place among them, so that no two meet on the way.
            blocks: Of the new file.
            generation: Of the new file.
        """
        with self._changing() as change:
            change.executemany("UPDATE windows SET row = ? WHERE row = ?", enumerate(rows))
            change.execute("DELETE FROM blocks")
            change.executemany("INSERT INTO blocks VALUES (?, ?, ?)", blocks)
            change.execute("UPDATE about SET value = ? WHERE name = 'generation'", (json.dumps(generation),))
        self.about = self._read_about()

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; what SQLite reports becomes an error with a remedy."""
        with explained(self.path.parent):
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                except BaseException:
                    self._connection.execute("ROLLBACK")
                    raise
                self._connection.execute("COMMIT")
            except DAMAGE as error:
                raise (as_os_error(error) or in_words(self.path, error)) from error
