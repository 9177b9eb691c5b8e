"""Getting a data set onto this machine: from a folder, a zip or a download. Writes into the cache only."""

import errno
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from zsr_lib.data.download import fetch
from zsr_lib.data.registry import DatasetInfo
from zsr_lib.errors import BadFileError, DataNotFoundError
from zsr_lib.files import exclusive, explained, sha256_of
from zsr_lib.progress import progress_bar
from zsr_lib.settings import cache_root

HARMLESS_BYTES = 2**30
MAX_RATIO = 200
"""Unpacked over packed size, allowed above `HARMLESS_BYTES`: images hardly shrink, bombs 1000-fold."""

MAX_MEMBERS = 1_000_000


def acquire(info: DatasetInfo, path: Path | None, root: Path | None, progress: bool) -> Path | None:
    """A folder that holds the data set in some layout.

    Args:
        info: The data set.
        path: A folder or zip; None for the official archive (in `root`, else by download).
        root: The data root.
        progress: Show bars.

    Returns:
        The folder, or None when no `path` is given and there is no archive that can be had without a login.

    Raises:
        DataNotFoundError: `path` does not exist.
        BadFileError: The archive is wrong, truncated or hostile.
        ZsrError: The download failed, or the cache cannot be written.
    """
    path = path or _official(info, root, progress)
    if path is None or path.is_dir():
        return path
    if not path.exists():
        raise DataNotFoundError(f"'{path}' does not exist.", "name an existing folder or zip after --from.")
    return _unpacked(info, path, progress)


def _official(info: DatasetInfo, root: Path | None, progress: bool) -> Path | None:
    if info.archive is None or info.login:
        return None
    if root is not None and (root / info.archive.filename).is_file():
        return root / info.archive.filename
    return fetch(info.archive, _folder() / "downloads", info.page, progress)


def _unpacked(info: DatasetInfo, archive: Path, progress: bool) -> Path:
    """Unpacks into a folder named by the archive's checksum; the second time there is nothing to do."""
    try:
        checksum = sha256_of(archive)
    except OSError as error:
        raise BadFileError(f"{archive} cannot be read ({error.strerror}).", "check the file and its rights.") from error
    target = _folder() / f"{info.name}-{checksum[:16]}"
    with exclusive(_folder() / f"{info.name}.lock", f"unpacking {archive.name}"):
        if not target.is_dir():
            extract_zip(archive, target, progress)
    return target


def discard(folder: Path) -> None:
    """Removes `folder` if `acquire` unpacked it; a folder of the user's own is left alone."""
    if folder.parent == _folder():
        shutil.rmtree(folder, ignore_errors=True)


def _folder() -> Path:
    return cache_root() / "datasets"


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
