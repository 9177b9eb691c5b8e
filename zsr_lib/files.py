"""Files written whole or not at all, checksums, and locks between processes."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zsr_lib.errors import BusyError, ZsrError

_UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG)


UMASK = os.umask(0)
"""Read once: it can only be read by changing it, which other threads would notice."""
os.umask(UMASK)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turns 'no space' and 'not writable' of the operating system into errors with a remedy.

    Raises:
        ZsrError: The disk is full, or `folder` cannot be written.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ZsrError(
                f"the disk that holds {folder} is full; nothing half-written was kept.",
                "free some space there and run again (decoded pictures and downloads follow ZSR_CACHE).",
            ) from error
        if error.errno in _UNWRITABLE:
            raise ZsrError(
                f"{folder} cannot be written ({error.strerror}).",
                "point ZSR_CACHE (or the command's --out or --runs) at a folder that you can write to.",
            ) from error
        raise


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Yields a temporary path beside `target`; on success it becomes `target` in one step, else it is removed.

    A reader sees the old file or the new one, never half of one, also after ``kill -9`` or on a full disk.

    Raises:
        ZsrError: The disk is full, or the folder cannot be written.
    """
    target = Path(target)
    with explained(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=f".part{target.suffix}")
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            with temporary.open("rb+") as stream:
                os.fsync(stream.fileno())
            # mkstemp makes private files; what we publish follows the user's umask like any other file.
            temporary.chmod(0o666 & ~UMASK)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def remove_parts(*folders: Path) -> None:
    """Removes what `atomic_path` left in folders when it was killed; only for who alone writes there."""
    for folder in folders:
        for path in folder.glob(".*.part*"):
            path.unlink(missing_ok=True)


def write_text(target: Path, text: str) -> None:
    """Writes `text` as UTF-8 to `target`, whole or not at all."""
    with atomic_path(target) as temporary:
        temporary.write_text(text, encoding="utf-8")


@contextmanager
def exclusive(path: Path, doing: str, wait_seconds: float = 600.0) -> Iterator[None]:
    """Holds the lock file `path` so that one process at a time is `doing` something.

    Raises:
        BusyError: Another process held the lock for longer than `wait_seconds`.
    """
    import filelock

    with explained(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(path, timeout=wait_seconds)
        try:
            lock.acquire()
        except filelock.Timeout as error:
            raise BusyError(
                f"another process is {doing} (lock {path}).",
                "wait until it has finished, or stop it, and run again.",
            ) from error
    try:
        yield
    finally:
        lock.release()
