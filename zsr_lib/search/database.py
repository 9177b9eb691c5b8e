"""SQLite files: opened, made whole or not at all, and their errors in words."""

import errno
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from zsr_lib.errors import BadFileError, BusyError, ZsrError
from zsr_lib.files import atomic_path, explained, sha256_of, write_text
from zsr_lib.search.tables import seal

DAMAGE = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises of a damaged file, where its own words may be damaged, too."""


def connection(path: Path, mode: str) -> sqlite3.Connection:
    """An open file; changes are committed by hand.

    Args:
        path: The file.
        mode: ``ro``, ``rw``, or ``rwc``, which makes it.
    """
    opened = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None)
    opened.create_function("seal", -1, seal, deterministic=True)
    opened.execute("PRAGMA foreign_keys = ON")
    opened.execute("PRAGMA synchronous = FULL")
    return opened


def make(path: Path, tables: str, about: Mapping[str, Any]) -> None:
    """A new file, whole or not at all.

    Args:
        path: The file; its folder is made.
        tables: SQL that makes the tables, one called ``about`` among them.
        about: Goes into that table as JSON.

    Raises:
        ZsrError: The disk is full, or the folder cannot be written.
    """
    with explained(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            try:
                with closing(connection(temporary, "rwc")) as made:
                    made.executescript(tables)
                    values = [(name, json.dumps(value)) for name, value in about.items()]
                    made.executemany("INSERT INTO about (name, value) VALUES (?, ?)", values)
            except sqlite3.OperationalError as error:
                raise (as_os_error(error) or error) from error


def note_whole(path: Path) -> None:
    """Notes a file's checksum beside it, when nobody writes to it: who finds it so need not look at every row.

    Raises:
        ZsrError: The disk is full, or the folder cannot be written.
    """
    write_text(_note(path), sha256_of(path) + "\n")


def is_whole(path: Path) -> bool:
    """Whether a file is, byte by byte, what `note_whole` saw.

    False also after a kill, or while somebody writes; then every row is looked at. It can be late, and never wrong.
    """
    return _note(path).is_file() and _note(path).read_bytes() == f"{sha256_of(path)}\n".encode()


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def in_words(path: Path, error: Exception) -> ZsrError:
    """What is wrong with a file, and what to do."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError(f"{path} is being written to.", "try again in a moment.")
    if code == sqlite3.SQLITE_CANTOPEN:
        return BadFileError(f"{path} cannot be opened ({error}).", "check the file and its rights.")
    return BadFileError(f"{path} is damaged or no index ({error}).", "make the index again in a new folder.")


def as_os_error(error: Exception) -> OSError | None:
    """A full disk and missing rights, in the words that `zsr_lib.files.explained` understands; None of all else."""
    codes = {
        sqlite3.SQLITE_FULL: errno.ENOSPC,
        sqlite3.SQLITE_READONLY: errno.EROFS,
        sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    }
    code = codes.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return OSError(code, str(error)) if code else None
