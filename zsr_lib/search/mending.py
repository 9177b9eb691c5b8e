"""What has befallen an index: damage, which is taken out and indexed again, and nothing else; an archive that moved."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zsr_lib.errors import BadInputError
from zsr_lib.files import exclusive, explained
from zsr_lib.search.blocks import damaged_blocks, padded
from zsr_lib.search.catalogue import Catalogue
from zsr_lib.search.codes import CodeFormat
from zsr_lib.search.database import is_whole
from zsr_lib.search.opened import CATALOGUE, codes_file, own_embedder
from zsr_lib.search.pictures import pictures_in
from zsr_lib.search.writable_catalogue import WritableCatalogue


@dataclass(frozen=True)
class Damage:
    """What is not as it was written.

    Attributes:
        files: Numbers of files in the catalogue.
        blocks: Numbers of blocks of codes.
    """

    files: list[int]
    blocks: list[int]

    def __bool__(self) -> bool:
        return bool(self.files or self.blocks)


def damage_of(catalogue: Catalogue, folder: Path, trusting: bool = False) -> Damage:
    """Compares everything in an index with its checksums.

    Args:
        catalogue: Of the index.
        folder: The index.
        trusting: Leave the catalogue's rows out if its file is whole (`zsr_lib.search.database.is_whole`).

    Raises:
        BadFileError: The catalogue is damaged so that it must be made again.
    """
    rows, blocks = catalogue.rows(), catalogue.blocks()
    # The last block is looked at though nobody may use it: it will be appended to.
    end = max((block.end for block in blocks.values()), default=0) - 1
    rows = np.append(rows, end) if end > rows.max(initial=-1) else rows
    width = CodeFormat(**catalogue.about["codes"]).dtype.itemsize
    path = codes_file(folder, catalogue.about["generation"])
    broken = [] if trusting and is_whole(catalogue.path) else catalogue.broken()
    return Damage(broken, damaged_blocks(path, width, blocks, rows))


def verify(folder: Path) -> Damage:
    """Compares an index on disk, its system included, with its checksums; changes nothing.

    Raises:
        BadFileError: No index, or one that must be made again.
    """
    with closing(Catalogue(folder / CATALOGUE)) as catalogue:
        own_embedder(folder)
        return damage_of(catalogue, folder)


def mend(catalogue: WritableCatalogue, folder: Path) -> int:
    """Takes out of an index what is damaged.

    Returns:
        How many files are to be indexed again.

    Raises:
        BadFileError: The catalogue is damaged so that it must be made again.
        ZsrError: The disk is full, or the index cannot be written.
    """
    damage = damage_of(catalogue, folder, trusting=True)
    if not damage:
        return 0
    path = codes_file(folder, catalogue.about["generation"])
    with explained(folder):
        blocks = padded(path, CodeFormat(**catalogue.about["codes"]).dtype.itemsize, damage.blocks)
    return catalogue.mend(damage.files, blocks)


def relocate(pictures: Path, folder: Path) -> None:
    """Tells an index that its archive has moved; files are compared by the next `zsr_lib.search.building.build_index`.

    Args:
        pictures: Where the archive lies now.
        folder: The index.

    Raises:
        DataNotFoundError: No such folder, or no picture in it.
        BadInputError: It holds none of the pictures that the index knows.
        BadFileError: There is no index, or it is damaged.
        BusyError: Another process is writing to it.
    """
    found = {each.path for each in pictures_in(pictures, leave_out=folder)}
    Catalogue(folder / CATALOGUE).close()  # refuses what is no index before anything is made there
    with (
        exclusive(folder / ".lock", f"writing to the index {folder}", wait_seconds=0),
        closing(WritableCatalogue(folder / CATALOGUE, {})) as catalogue,
    ):
        known = catalogue.known()
        if known and not found & known.keys():
            raise BadInputError(
                f"{pictures} holds none of the {len(known)} files that {folder} knows.",
                "name the folder that holds the archive now, at the same level as before.",
            )
        catalogue.relocate(pictures)
