"""SHA-256 of many files, remembered so that unchanged files are not read again.

What is remembered is trusted only while size, modification time, change time and inode all stay as they were
(a program can set back a modification time, not a change time). A file that changed within the last seconds
is not remembered: it might change once more within the clock's resolution.
"""

import hashlib
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from zsr_lib.errors import BadFileError, ZsrError
from zsr_lib.files import sha256_of, write_text
from zsr_lib.progress import progress_bar
from zsr_lib.settings import cache_root

SETTLED_SECONDS = 5


def file_checksums(paths: Sequence[Path], progress: bool = False) -> list[str]:
    """SHA-256 of each file, in the order of `paths`; remembered under the name of the first one's folder.

    Raises:
        BadFileError: A file cannot be read.
    """
    if not paths:
        return []
    memory = _memory_of(paths[0].parent.parent)
    known = _remembered(memory)
    entries, sums = {}, []
    fresh = 0
    for path in progress_bar(paths, desc="checksums", unit="file", show=progress, leave=False, delay=1):
        try:
            status = path.stat()
            stamp = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
            entry = known.get(str(path))
            if entry is None or entry[1] != stamp:
                entry, fresh = [sha256_of(path), stamp], fresh + 1
        except OSError as error:
            raise BadFileError(
                f"{path} cannot be read ({error.strerror}).", "check the file and its rights."
            ) from error
        if time.time_ns() - max(stamp[1], stamp[2]) > SETTLED_SECONDS * 10**9:
            entries[str(path)] = entry
        sums.append(entry[0])
    if fresh:
        # Only a memory: a cache that cannot be written must not stop a reader.
        with suppress(ZsrError):
            write_text(memory, json.dumps(known | entries))
    return sums


def combined(lines: Sequence[str]) -> str:
    """SHA-256 of lines of text, each ended by a newline."""
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def source_checksum(folder: Path) -> str:
    """SHA-256 over the names and texts of all Python files below `folder`, whatever their line endings."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py"), key=lambda path: path.relative_to(folder).as_posix()):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(text)}\0".encode() + text)
    return digest.hexdigest()


def _memory_of(folder: Path) -> Path:
    return cache_root() / "store" / "checksums" / f"{combined([str(folder)])[:16]}.json"


def _remembered(memory: Path) -> dict[str, list]:
    try:
        entries = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}
