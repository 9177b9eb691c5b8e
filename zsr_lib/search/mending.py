"""What is damaged in an index, and its removal: what is taken out is indexed again, and nothing else."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zsr_lib.files import explained
from zsr_lib.search.blocks import damaged_blocks, padded
from zsr_lib.search.catalogue import Catalogue
from zsr_lib.search.codes import CodeFormat
from zsr_lib.search.index import CATALOGUE, codes_file, own_embedder
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


def damage_of(catalogue: Catalogue, folder: Path) -> Damage:
    """Compares everything in an index with its checksums.

    Raises:
        BadFileError: The catalogue is damaged so that it must be made again.
    """
    rows, blocks = catalogue.rows(), catalogue.blocks()
    # The last block is looked at though nobody may use it: it will be appended to.
    ends = [block.end - 1 for block in list(blocks.values())[-1:] if block.end > 0]
    width = CodeFormat(**catalogue.about["codes"]).dtype.itemsize
    path = codes_file(folder, catalogue.about["generation"])
    return Damage(catalogue.broken(), damaged_blocks(path, width, blocks, np.union1d(rows, ends).astype(np.int64)))


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
    damage = damage_of(catalogue, folder)
    if not damage:
        return 0
    path = codes_file(folder, catalogue.about["generation"])
    with explained(folder):
        blocks = padded(path, CodeFormat(**catalogue.about["codes"]).dtype.itemsize, damage.blocks)
    return catalogue.mend(damage.files, blocks)
