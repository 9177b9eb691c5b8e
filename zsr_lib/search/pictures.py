"""The picture files below a folder, as one walk finds them."""

import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from zsr_lib.data.images import SUFFIXES
from zsr_lib.errors import BadFileError, DataNotFoundError
from zsr_lib.search.stac import is_item, sources_of_item
from zsr_lib.search.virtual import sources_of_virtual

ITEM = ".json"
"""Ending of STAC items; other JSON is no picture."""
SOURCES = {".vrt": sources_of_virtual, ITEM: sources_of_item}
"""Ending of files that show others → which."""
ENDINGS = (*SUFFIXES, ".jp2", *SOURCES)
"""Of the files that are read; JPEG 2000, virtual rasters and STAC items take rasterio."""

_AS_TIFF = "convert them: gdal_translate FILE FILE.tif"
_AS_PNG = "convert them to JPEG or PNG"
_NO_WORLD = "places in world files are not read; write them into the pictures: gdal_translate -a_srs CRS FILE FILE.tif"
IGNORED = (
    dict.fromkeys((".j2k", ".j2c", ".img", ".ecw", ".sid", ".nc", ".hdf", ".h5", ".asc", ".mbtiles"), _AS_TIFF)
    | dict.fromkeys((".heic", ".heif", ".avif", ".jxl", ".svg", ".psd", ".dng", ".nef", ".cr2", ".pdf"), _AS_PNG)
    | dict.fromkeys((".jgw", ".pgw", ".tfw", ".wld"), _NO_WORLD)
)
"""Ending of files that somebody may expect to be searched → what to do with them."""


@dataclass(frozen=True)
class PictureFile:
    """One file.

    Attributes:
        path: Below the folder, with ``/``.
        size: In bytes, of what it shows as well.
        changed: Time of the last change, in nanoseconds since 1970, likewise.
    """

    path: str
    size: int
    changed: int


def pictures_in(folder: Path, leave_out: Path | None = None) -> list[PictureFile]:
    """All files with a picture's ending below a folder, by path.

    Hidden files and folders, pipes and devices are passed over, as are files that a STAC item shows, which would be
    found again band by band. Links to folders are not followed, so that no walk goes in circles. A name that is no
    UTF-8 is given with its odd bytes written out: the file cannot be opened by it, and is listed.

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
    items = (folder / each.path for each in found if each.path.lower().endswith(ITEM))
    if shown := {path for item in items for path in shown_by(item)[1:]}:
        found = [each for each in found if (folder / each.path).resolve() not in shown]
    if not found:
        raise DataNotFoundError(
            f"there is no picture below {folder}.", f"pictures are files that end in {', '.join(ENDINGS)}."
        )
    return found


def shown_by(path: Path) -> list[Path]:
    """A file, and those that it shows, if it can be told."""
    try:
        return [path, *SOURCES[path.suffix.lower()](path)]
    except (KeyError, BadFileError):
        return [path]


def stamp_of(path: Path) -> tuple[int, int]:
    """Size and time of the last change as in `PictureFile`; of many files that are one picture the sum and the last.

    Raises:
        OSError: The file is not there.
    """
    told = [each.stat() for each in shown_by(path)]
    return sum(each.st_size for each in told), max(each.st_mtime_ns for each in told)


def ignored_in(folder: Path, leave_out: Path | None = None) -> dict[str, int]:
    """Ending → number of files below a folder that hold pictures or places that are not read, see `IGNORED`."""
    endings = Counter(path.suffix.lower() for path in _files(folder, leave_out))
    return {ending: endings[ending] for ending in sorted(endings) if ending in IGNORED}


def _walk(folder: Path, leave_out: Path | None) -> Iterator[PictureFile]:
    for path in _files(folder, leave_out):
        if path.suffix.lower() not in ENDINGS:
            continue
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # reading a pipe or a device may never end
                continue
            stamp = stamp_of(path)
        except OSError:  # a dangling link, or gone since it was listed
            continue
        if path.suffix.lower() == ITEM and not is_item(path):
            continue
        below = str(PurePosixPath(path.relative_to(folder))).encode("utf-8", "backslashreplace").decode()
        yield PictureFile(below, *stamp)


def _files(folder: Path, leave_out: Path | None) -> Iterator[Path]:
    skipped = leave_out.resolve() if leave_out else None
    for home, names, files in os.walk(folder, onerror=_refuse):
        here = Path(home)
        names[:] = [name for name in names if not name.startswith(".") and (here / name).resolve() != skipped]
        yield from (here / name for name in files if not name.startswith("."))


def _refuse(error: OSError) -> None:
    raise BadFileError(
        f"the folder {error.filename} cannot be listed ({error.strerror}).", "check its rights, or move it elsewhere."
    ) from error
