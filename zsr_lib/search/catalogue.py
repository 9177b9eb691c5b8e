"""What an index knows of its pictures: a SQLite file that is changed in transactions, so that a kill loses nothing."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.files import explained
from zsr_lib.search.database import as_os_error, connection, in_words, make
from zsr_lib.search.pictures import PictureFile
from zsr_lib.search.windows import Window

FORMAT = 1
"""Raised when an older version could not read what this one writes."""

_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE files (
    id INTEGER PRIMARY KEY, path TEXT UNIQUE NOT NULL, size INTEGER NOT NULL, changed INTEGER NOT NULL,
    sha256 TEXT NOT NULL, problem TEXT NOT NULL DEFAULT ''
);
CREATE TABLE windows (
    row INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    "left" INTEGER NOT NULL, top INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    place TEXT NOT NULL DEFAULT ''
);
CREATE INDEX windows_of_file ON windows (file);
"""


_WINDOW = """
SELECT path, size, changed, "left", top, width, height, place FROM windows JOIN files ON file = id WHERE row = ?
"""

_COUNTS = """
SELECT (SELECT COUNT(*) FROM files WHERE problem = ''), (SELECT COUNT(*) FROM windows),
    (SELECT COUNT(*) FROM files WHERE problem != '')
"""


@dataclass(frozen=True)
class Known:
    """What the catalogue says of a file: its stamp, its checksum, and why it was skipped, if it was."""

    file: PictureFile
    sha256: str
    problem: str


@dataclass(frozen=True)
class Entry:
    """A picture that was read.

    Attributes:
        file: The file.
        sha256: Of its bytes.
        windows: Its windows, each with the row of its code and where it lies on the ground (`Place`, or empty).
        problem: Why it could not be read; then there are no windows.
    """

    file: PictureFile
    sha256: str
    windows: Sequence[tuple[int, Window, Mapping[str, Any]]] = ()
    problem: str = ""


class Catalogue:
    """The SQLite file of an index.

    Args:
        path: The file.
        about: Written when the file is made; None opens one that exists, for reading.

    Raises:
        BadFileError: It is missing, damaged, or from a newer version.
        ZsrError: It cannot be written, or the disk is full.
    """

    def __init__(self, path: Path, about: Mapping[str, Any] | None = None) -> None:
        self.path = path
        if about is not None and not path.is_file():
            make(path, _TABLES, {"format": FORMAT, **about})
        if not path.is_file():
            raise BadFileError(f"{path.parent} is no index.", "make one: zsr index FOLDER --out INDEX.")
        if about is None and Path(f"{path}-journal").exists():
            # A writer was killed within a change: SQLite takes it back, but not for a connection that only reads.
            with closing(self._connected("rw")) as writer:
                writer.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        self._connection = self._connected("ro" if about is None else "rw")
        self._opened = self._version()  # before anything is read, so that no change is overlooked
        self.about = self._read_about()

    @property
    def stale(self) -> bool:
        """Whether somebody else has changed the catalogue, or put another in its place, since it was opened.

        Raises:
            BadFileError: It is gone.
        """
        return self._version() != self._opened

    def close(self) -> None:
        """Lets go of the file."""
        self._connection.close()

    def known(self) -> dict[str, Known]:
        """Path → what is known of it."""
        rows = self._rows("SELECT path, size, changed, sha256, problem FROM files")
        return {row[0]: Known(PictureFile(*row[:3]), *row[3:]) for row in rows}

    def rows(self) -> list[int]:
        """Rows of codes that are in use, ascending."""
        return [row for (row,) in self._rows("SELECT row FROM windows ORDER BY row")]

    def window(self, row: int) -> tuple[str, tuple[int, int], Window, dict[str, Any]]:
        """Of the picture behind a code: path, size and time of the last change; its window and place on the ground.

        Raises:
            BadInputError: No picture has this row.
        """
        found = next(self._rows(_WINDOW, (row,)), None)
        if found is None:
            raise BadInputError(f"the index has no row {row}.", "search again: the index has changed.")
        path, size, changed, *numbers, place = found
        return path, (size, changed), Window(*numbers), json.loads(place) if place else {}

    def problems(self) -> dict[str, str]:
        """Path → why it was skipped."""
        return dict(self._rows("SELECT path, problem FROM files WHERE problem != '' ORDER BY path"))

    def counts(self) -> dict[str, int]:
        """Numbers of pictures, of windows, and of files that were skipped."""
        return dict(zip(("pictures", "windows", "skipped"), next(self._rows(_COUNTS)), strict=True))

    def add(self, entries: Iterable[Entry]) -> None:
        """Takes pictures in, in place of what was known of the same paths, all of them or none."""
        with self._changing() as change:
            for entry in entries:
                change.execute("DELETE FROM files WHERE path = ?", (entry.file.path,))
                number = change.execute(
                    "INSERT INTO files (path, size, changed, sha256, problem) VALUES (?, ?, ?, ?, ?)",
                    (entry.file.path, entry.file.size, entry.file.changed, entry.sha256, entry.problem),
                ).lastrowid
                change.executemany(
                    "INSERT INTO windows VALUES (?, ?, ?, ?, ?, ?, ?)",
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

    def renumber(self, rows: Mapping[int, int], about: Mapping[str, Any]) -> None:
        """Gives codes new rows, old → new, and notes what else has changed with them, in one step.

        New rows are never above old ones, and the order stays, so that no two codes meet on the way.
        """
        with self._changing() as change:
            change.executemany("UPDATE windows SET row = ? WHERE row = ?", [(rows[old], old) for old in sorted(rows)])
            change.executemany(
                "UPDATE about SET value = ? WHERE name = ?",
                [(json.dumps(value), name) for name, value in about.items()],
            )
        self.about = self._read_about()

    @property
    def generation(self) -> int:
        """Of the file of codes that rows count in, as it is on disk now."""
        return json.loads(next(self._rows("SELECT value FROM about WHERE name = 'generation'"))[0])

    def _connected(self, mode: str) -> sqlite3.Connection:
        try:
            return connection(self.path, mode)
        except sqlite3.DatabaseError as error:
            raise in_words(self.path, error) from error

    def _version(self) -> tuple[int, int]:
        try:
            file = self.path.stat().st_ino
        except OSError as error:
            raise BadFileError(f"{self.path} is gone ({error.strerror}).", "make the index again.") from error
        return file, next(self._rows("PRAGMA data_version"))[0]

    def _read_about(self) -> dict[str, Any]:
        about = {name: json.loads(value) for name, value in self._rows("SELECT name, value FROM about")}
        if about.get("format") != FORMAT:
            raise BadFileError(
                f"{self.path.parent} is an index of format {about.get('format')}; this version reads {FORMAT}.",
                "update zsr_lib, or make the index again.",
            )
        return about

    def _rows(self, query: str, values: tuple = ()) -> Iterator[tuple]:
        try:
            yield from self._connection.execute(query, values)
        except sqlite3.DatabaseError as error:
            raise in_words(self.path, error) from error

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
            except sqlite3.OperationalError as error:
                raise as_os_error(error) from error
            except sqlite3.DatabaseError as error:
                raise in_words(self.path, error) from error
