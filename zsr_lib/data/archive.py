"""Zip archives unpacked safely: what comes from the internet may be cut, wrong or hostile."""

import errno
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from zsr_lib.errors import BadFileError
from zsr_lib.files import explained
from zsr_lib.progress import progress_bar

HARMLESS_BYTES = 2**30
MAX_RATIO = 200
"""Unpacked over packed size, allowed above `HARMLESS_BYTES`: images hardly shrink, bombs 1000-fold."""

MAX_MEMBERS = 1_000_000


def extract_zip(archive: Path, target: Path, progress: bool = False) -> None:
    """Unpacks `archive` so that the folder `target` appears complete or not at all.

    The caller holds a lock: a part folder that a killed process left is removed.

    Raises:
        BadFileError: Not a zip, truncated, damaged, encrypted, a bomb, or with members that would land
            outside of `target` (``../``, absolute paths, links).
        ZsrError: The disk is full or cannot be written.
    """
    part = target.with_name(f"{target.name}.part")
    with explained(target.parent):
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        try:
            _extract(archive, part, progress)
            part.rename(target)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise BadFileError(
                f"{archive} is not a zip archive, or is truncated or damaged ({error}).",
                "download it again and compare its size and checksum with the official page; another kind of "
                "archive (tar, rar, 7z) has to be unpacked by you: then name the folder.",
            ) from error
        except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
            raise _refused(archive, str(error.filename), "is both a file and a folder") from error
        except OSError as error:
            if error.errno != errno.ENAMETOOLONG:
                raise
            raise _refused(
                archive, f"{Path(error.filename).name[:40]}…", "has a name too long for this disk"
            ) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _extract(archive: Path, folder: Path, progress: bool) -> None:
    with zipfile.ZipFile(archive) as source:
        members = source.infolist()
        for member in members:
            _check_member(archive, member)
        total = sum(member.file_size for member in members)
        if len(members) > MAX_MEMBERS or total > max(HARMLESS_BYTES, MAX_RATIO * archive.stat().st_size):
            raise BadFileError(
                f"{archive} would unpack to {len(members)} files of {total / 1e9:.0f} GB.",
                "it looks like a zip bomb; get the archive from the official page.",
            )
        with progress_bar(total=total, unit="B", unit_scale=True, desc="unpacking", show=progress) as bar:
            for member in members:
                _extract_member(source, member, folder)
                bar.update(member.file_size)


def _check_member(archive: Path, member: zipfile.ZipInfo) -> None:
    path = _inside(member)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or ":" in member.filename.split("/")[0]:
        raise _refused(archive, member.filename, "would be written outside of its folder")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _refused(archive, member.filename, "is a link or device, not a file")
    if member.flag_bits & 1:
        raise BadFileError(f"{archive} is encrypted.", "unpack it yourself and name the folder with --from.")


def _inside(member: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(member.filename.replace("\\", "/"))  # some Windows programs write backslashes


def _extract_member(source: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    path = folder / _inside(member)
    if member.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with source.open(member) as packed, path.open("xb") as unpacked:
        shutil.copyfileobj(packed, unpacked, 2**20)


def _refused(archive: Path, name: str, reason: str) -> BadFileError:
    return BadFileError(
        f"{archive} was not unpacked: its member '{name}' {reason}.",
        "get the archive from the official page; this one cannot be trusted.",
    )
