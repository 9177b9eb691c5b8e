"""The picture files below a folder, as one walk finds them."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from zsr_lib.data.images import SUFFIXES
from zsr_lib.errors import BadFileError, DataNotFoundError


@dataclass(frozen=True)
class PictureFile:
    """One file.

    Attributes:
        path: Below the folder, with ``/``.
        size: In bytes.
        changed: Time of the last change, in nanoseconds since 1970.
    """

    path: str
    size: int
    changed: int


def pictures_in(folder: Path, leave_out: Path | None = None) -> list[PictureFile]:
    """All files with a picture's ending below a folder, by path.

    Hidden files and folders, pipes and devices are passed over, and links to folders are not followed, so that no walk
    goes in circles. A name that is no UTF-8 is given with its odd bytes written out: the file cannot be opened by it,
    and is listed.

    Args:
        folder: Where to look.
        leave_out: A folder below it that is passed over (the index itself).

    Raises:
        DataNotFoundError: There is no such folder, or no picture in it.
        BadFileError: A folder below it cannot be listed: its pictures are not gone, so nobody may take them for gone.
    """
    if not folder.is_dir():
        raise DataNotFoundError(f"there is no folder {folder}.", "name the folder that holds your pictures.")
    found = sorted(_walk(folder, leave_out), key=lambda each: each.path)
    if not found:
        raise DataNotFoundError(
            f"there is no picture below {folder}.", f"pictures are files that end in {', '.join(SUFFIXES)}."
        )
    return found


def _walk(folder: Path, leave_out: Path | None) -> Iterator[PictureFile]:
    skipped = leave_out.resolve() if leave_out else None
    for home, names, files in os.walk(folder, onerror=_refuse):
        here = Path(home)
        names[:] = [name for name in names if not name.startswith(".") and (here / name).resolve() != skipped]
        for name in files:
            path = here / name
            if name.startswith(".") or path.suffix.lower() not in SUFFIXES:
                continue
            try:
                told = path.stat()
            except OSError:  # a dangling link, or gone since it was listed
                continue
            if not stat.S_ISREG(told.st_mode):  # reading a pipe or a device may never end
                continue
            below = str(PurePosixPath(path.relative_to(folder))).encode("utf-8", "backslashreplace").decode()
            yield PictureFile(below, told.st_size, told.st_mtime_ns)


def _refuse(error: OSError) -> None:
    raise BadFileError(
        f"the folder {error.filename} cannot be listed ({error.strerror}).", "check its rights, or move it elsewhere."
    ) from error
