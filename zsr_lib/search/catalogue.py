"""What an index knows of its pictures: a SQLite file that is changed in transactions, so that a kill loses nothing."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.search import tables
from zsr_lib.search.blocks import Block
from zsr_lib.search.database import DAMAGE, connection, in_words, is_whole
from zsr_lib.search.filters import Columns, columns_of
from zsr_lib.search.pictures import PictureFile
from zsr_lib.search.tables import Known
from zsr_lib.search.windows import Window


class Catalogue:
    """The SQLite file of an index, open for reading.

    Args:
        path: The file.

    Raises:
        BadFileError: It is missing, damaged, or of another version.
    """

    mode = "ro"
    """As `zsr_lib.search.database.connection` takes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            raise BadFileError(f"{path.parent} is no index.", "make one: zsr index FOLDER --out INDEX.")
        if self.mode == "ro" and Path(f"{path}-journal").exists():
            # A writer was killed within a change: SQLite takes it back, but not for a connection that only reads.
            with closing(self._connected("rw")) as writer:
                writer.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        self._connection = self._connected(self.mode)
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

    def in_use(self) -> tuple[np.ndarray, dict[int, Block]]:
        """Rows of codes that are in use, (N,) int64 ascending, and number → block of the file of codes.

        Raises:
            BadFileError: Rows were lost or changed on disk.
        """
        with self._unchanging():
            rows = self.rows()
            count, total = next(self._rows("SELECT count, total FROM in_use"), (None, None))
            if (len(rows), int(rows.sum())) != (count, total):
                raise self._damaged("its rows are not those that were written")
            return rows, self.blocks()

    def rows(self) -> np.ndarray:
        """Rows that windows have, (N,) int64 ascending, whether or not these are all."""
        # As one text: a million rows of one number each would take ten times as long.
        (told,) = next(self._rows("SELECT group_concat(row) FROM windows"))
        return np.sort(np.fromstring(told or "", np.int64, sep=","))

    def blocks(self) -> dict[int, Block]:
        """Number → block of the file of codes."""
        return {row[0]: Block(*row) for row in self._rows("SELECT number, taken, checksum FROM blocks ORDER BY number")}

    def window(self, row: int) -> tuple[str, tuple[int, int], Window, dict[str, Any]]:
        """Of the picture behind a code: path, size and time of the last change; its window and place on the ground.

        Raises:
            BadInputError: No picture has this row.
            BadFileError: What the catalogue says of it was changed on disk.
        """
        found = next(self._rows(tables.WINDOW, (row,)), None)
        if found is None:
            raise BadInputError(f"the index has no row {row}.", "search again: the index has changed.")
        path, size, changed, *numbers, place, sealed = found
        if not sealed:
            raise self._damaged(f"row {row} is not what was written")
        return path, (size, changed), Window(*numbers), json.loads(place) if place else {}

    def columns(self) -> tuple[np.ndarray, Columns]:
        """Rows in use, (N,) int64 ascending, and what filters look at of their windows.

        Raises:
            BadFileError: Something of it is not what was written.
        """
        with self._unchanging():
            if not is_whole(self.path) and self.broken():
                raise self._damaged("some of its rows are not what was written")
            return self.rows(), columns_of(list(self._rows(tables.FILES)), list(self._rows(tables.WINDOWS)))

    def broken(self) -> list[int]:
        """Files, by number, of which the catalogue does not say what was written.

        Raises:
            BadFileError: The catalogue is damaged beyond that.
        """
        told = next(self._rows("PRAGMA integrity_check(1)"))[0]
        if told != "ok":
            raise BadFileError(
                f"{self.path} is damaged ({' '.join(told.split())}).", "make the index again in a new folder."
            )
        return [number for (number,) in self._rows(tables.BROKEN)]

    def problems(self) -> dict[str, str]:
        """Path → why it was skipped."""
        return dict(self._rows("SELECT path, problem FROM files WHERE problem != '' ORDER BY path"))

    def counts(self) -> dict[str, int]:
        """Numbers of pictures, of windows, and of files that were skipped."""
        return dict(zip(("pictures", "windows", "skipped"), next(self._rows(tables.COUNTS)), strict=True))

    @property
    def generation(self) -> int:
        """Of the file of codes that rows count in, as it is on disk now."""
        return self._read_about()["generation"]

    def _connected(self, mode: str) -> sqlite3.Connection:
        try:
            return connection(self.path, mode)
        except DAMAGE as error:
            raise in_words(self.path, error) from error

    def _version(self) -> tuple[int, int]:
        try:
            file = self.path.stat().st_ino
        except OSError as error:
            raise BadFileError(f"{self.path} is gone ({error.strerror}).", "make the index again.") from error
        return file, next(self._rows("PRAGMA data_version"))[0]

    def _read_about(self) -> dict[str, Any]:
        version = next(self._rows("SELECT value FROM about WHERE name = 'format'"), (None,))[0]
        if version != json.dumps(tables.FORMAT):
            raise BadFileError(
                f"{self.path.parent} is an index of format {version}; this version reads {tables.FORMAT}.",
                "make it again in a new folder (zsr index DIR --out NEW); if its format is newer, update zsr_lib.",
            )
        rows = list(self._rows(tables.ABOUT))
        if not rows or not all(sealed for _, _, sealed in rows):
            raise BadFileError(f"{self.path} is damaged: its head.", "make the index again in a new folder.")
        return {name: json.loads(value) for name, value, _ in rows}

    def _damaged(self, what: str) -> BadFileError:
        return BadFileError(
            f"{self.path} is damaged: {what}.", "run zsr index again: it mends what is damaged and nothing else."
        )

    @contextmanager
    def _unchanging(self) -> Iterator[None]:
        """A block in which all that is read belongs together, though others write."""
        list(self._rows("BEGIN"))
        try:
            yield
        finally:
            list(self._rows("COMMIT"))

    def _rows(self, query: str, values: tuple = ()) -> Iterator[tuple]:
        try:
            yield from self._connection.execute(query, values)
        except DAMAGE as error:
            raise in_words(self.path, error) from error
