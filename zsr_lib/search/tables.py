"""The tables of an index's catalogue, and what goes into them.

Every row carries a checksum of itself, so that a flipped bit is noticed.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zsr_lib.search.pictures import PictureFile
from zsr_lib.search.windows import Window

FORMAT = 2
"""Raised when an older version could not read what this one writes. Format 1 had no checksums."""


def seal(*values: object) -> int:
    """CRC-32 of a row's values; SQLite calls it, wherever a row is written or read."""
    return zlib.crc32(repr(values).encode("utf-8", "backslashreplace"))


SEALED = {
    "about": "seal(name, value)",
    "files": "seal(files.id, path, size, changed, sha256, problem, parts)",
    "windows": 'seal(windows.row, file, "left", top, width, height, place)',
}
"""Table → what the column ``seal`` of its rows must be."""

TABLES = f"""
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL, seal INTEGER);
CREATE TABLE files (
    id INTEGER PRIMARY KEY, path TEXT UNIQUE NOT NULL, size INTEGER NOT NULL, changed INTEGER NOT NULL,
    sha256 TEXT NOT NULL, problem TEXT NOT NULL, parts INTEGER NOT NULL, seal INTEGER
);
CREATE TABLE windows (
    row INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    "left" INTEGER NOT NULL, top INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    place TEXT NOT NULL DEFAULT '', seal INTEGER
);
CREATE INDEX windows_of_file ON windows (file);

-- Of the file of codes: how many records of a block are taken, and their CRC-32.
CREATE TABLE blocks (number INTEGER PRIMARY KEY, taken INTEGER NOT NULL, checksum INTEGER NOT NULL);

-- Of the rows in use: their number and their sum, so that none is lost or moved silently.
CREATE TABLE in_use (count INTEGER NOT NULL, total INTEGER NOT NULL);
INSERT INTO in_use VALUES (0, 0);
CREATE TRIGGER window_in AFTER INSERT ON windows BEGIN
    UPDATE windows SET seal = {SEALED["windows"]} WHERE row = NEW.row;
    UPDATE in_use SET count = count + 1, total = total + NEW.row;
END;
CREATE TRIGGER window_out AFTER DELETE ON windows BEGIN
    UPDATE in_use SET count = count - 1, total = total - OLD.row;
END;
CREATE TRIGGER window_moved AFTER UPDATE OF row ON windows BEGIN
    UPDATE windows SET seal = {SEALED["windows"]} WHERE row = NEW.row;
    UPDATE in_use SET total = total - OLD.row + NEW.row;
END;
CREATE TRIGGER file_in AFTER INSERT ON files BEGIN
    UPDATE files SET seal = {SEALED["files"]} WHERE id = NEW.id;
END;
CREATE TRIGGER file_changed AFTER UPDATE OF size, changed ON files BEGIN
    UPDATE files SET seal = {SEALED["files"]} WHERE id = NEW.id;
END;
CREATE TRIGGER about_in AFTER INSERT ON about BEGIN
    UPDATE about SET seal = {SEALED["about"]} WHERE name = NEW.name;
END;
CREATE TRIGGER about_changed AFTER UPDATE OF value ON about BEGIN
    UPDATE about SET seal = {SEALED["about"]} WHERE name = NEW.name;
END;
"""  # noqa: S608 - nothing of a user's is in it

# What is asked of them; `?` is filled in by SQLite.
WINDOW = f"""
SELECT path, size, changed, "left", top, width, height, place,
    windows.seal IS {SEALED["windows"]} AND files.seal IS {SEALED["files"]}
FROM windows JOIN files ON file = id WHERE row = ?
"""  # noqa: S608

BROKEN = f"""
SELECT id FROM files WHERE seal IS NOT {SEALED["files"]} OR parts != (SELECT COUNT(*) FROM windows WHERE file = id)
UNION SELECT file FROM windows WHERE seal IS NOT {SEALED["windows"]}
"""  # noqa: S608

FILES = "SELECT id, path, changed FROM files"
WINDOWS = f"""
SELECT file, {", ".join(f"json_extract(NULLIF(place, ''), '$.lonlat[{side}]')" for side in range(4))}
FROM windows ORDER BY row
"""  # noqa: S608

ABOUT = f"SELECT name, value, seal IS {SEALED['about']} FROM about"  # noqa: S608

COUNTS = """
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
