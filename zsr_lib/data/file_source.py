"""Data sets that lie in a few named files: everything but what is in them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zsr_lib.data.checksums import combined, file_checksums
from zsr_lib.data.locate import adopted, pointer
from zsr_lib.data.registry import DatasetInfo
from zsr_lib.errors import BadFileError, DataNotFoundError
from zsr_lib.files import write_text

_FILES = "files"


@dataclass(frozen=True)
class FileSource:
    """Base of data sets of files: where they are, how they are prepared, their checksum.

    Attributes:
        info: What is known about the data set.
        modalities: Those whose items are in the files; their folder is the first of them in `DatasetInfo.folders`.
        files: Names of the files, all in one folder.
    """

    info: DatasetInfo
    modalities: tuple[str, ...]
    files: tuple[str, ...]

    def find(self, root: Path | None) -> dict[str, Path]:
        """Modality → the folder of the files; the data root comes before a prepared folder.

        Raises:
            DataNotFoundError: They are not on this machine; says where they were looked for and how to get them.
        """
        folders = [] if root is None else [root / name for name in self.info.folders[self.modalities[0]]]
        folders += filter(None, [adopted(self.info).get(_FILES)])
        for folder in folders:
            if not self._lacking(folder):
                return dict.fromkeys(self.modalities, folder)
        looked = ", ".join(map(str, folders)) or "no folder: ZSR_DATA is not set"
        home = (root or Path("DATA")) / self.info.folders[self.modalities[0]][0]
        raise DataNotFoundError(
            f"{self.info.title} ({', '.join(self.files)}) is not on this machine. Looked in: {looked}",
            f"get the files ({self.info.page}), and put them into {home}{'' if root else ' and set ZSR_DATA to DATA'}, "
            f"or type `zsr data prepare {self.info.name} --from FOLDER`.",
        )

    def obtain(self, path: Path | None, root: Path | None, progress: bool) -> None:
        """Remembers that the files lie in the folder `path`; without one, makes sure that they are here.

        Raises:
            DataNotFoundError: They are not.
        """
        if path is None:
            self.find(root)
            return
        folder = path.expanduser().resolve()
        if lacking := self._lacking(folder):
            raise DataNotFoundError(f"{folder} does not hold {', '.join(lacking)}.", "name the folder that holds them.")
        write_text(pointer(self.info), json.dumps({_FILES: str(folder)}))

    def checksum(self, folder: Path, progress: bool) -> str:
        """SHA-256 over the files' names and checksums."""
        checksums = file_checksums([folder / name for name in self.files], progress)
        return combined([" ".join(each) for each in zip(self.files, checksums, strict=True)])

    def _lacking(self, folder: Path) -> list[str]:
        return [name for name in self.files if not (folder / name).is_file()]


def read_mat(path: Path, shapes: Mapping[str, Sequence[int | None]]) -> dict[str, np.ndarray]:
    """Arrays of a MATLAB file (up to version 7.2).

    Args:
        path: The file.
        shapes: Name → shape, None for any length.

    Raises:
        BadFileError: It cannot be read, or does not hold such arrays.
    """
    from scipy.io import loadmat

    try:
        found = loadmat(path, variable_names=list(shapes))
    except Exception as error:  # on damaged bytes SciPy raises nearly every built-in type
        raise BadFileError(f"{path} cannot be read ({error}).", "replace the file by a good copy.") from error
    for name, shape in shapes.items():
        there = found[name].shape if name in found else ()
        if len(there) != len(shape) or any(size not in (None, own) for own, size in zip(there, shape, strict=True)):
            raise BadFileError(
                f"{path} has no array {name} of {' × '.join(str(size or 'any') for size in shape)} numbers.",
                "replace the file by a good copy.",
            )
    return {name: found[name] for name in shapes}
