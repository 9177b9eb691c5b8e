"""Getting a data set onto this machine: from a folder, a zip or a download. Writes into the cache only."""

import shutil
from pathlib import Path

from zsr_lib.data.archive import extract_zip
from zsr_lib.data.download import fetch
from zsr_lib.data.registry import DatasetInfo
from zsr_lib.errors import BadFileError, DataNotFoundError
from zsr_lib.files import exclusive, sha256_of
from zsr_lib.settings import cache_root


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
