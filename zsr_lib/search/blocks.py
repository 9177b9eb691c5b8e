"""Checksums of the file of codes, block by block: damage is noticed before it can change an answer, and bounded."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

BLOCK = 1024
"""Records of a block: what is embedded again where one bit is wrong."""


class Block(NamedTuple):
    """Records `number` · `BLOCK` and on: how many are taken, and the CRC-32 of their bytes."""

    number: int
    taken: int
    checksum: int

    @property
    def end(self) -> int:
        """The row behind its last record."""
        return self.number * BLOCK + self.taken


class RunningBlocks:
    """Follows records that are appended to a file.

    Args:
        last: The block that the file ends with; None of an empty file.
        width: Bytes of a record.
    """

    def __init__(self, last: Block | None, width: int) -> None:
        self._last, self._width = last or Block(0, 0, 0), width
        self._changed: dict[int, Block] = {}

    def append(self, data: bytes) -> None:
        """Takes note of (N · width) bytes."""
        while data:
            if self._last.taken == BLOCK:
                self._last = Block(self._last.number + 1, 0, 0)
            number, taken, checksum = self._last
            part = data[: (BLOCK - taken) * self._width]
            self._last = Block(number, taken + len(part) // self._width, zlib.crc32(part, checksum))
            self._changed[number] = self._last
            data = data[len(part) :]

    def changed(self) -> list[Block]:
        """Blocks that are not as they were when this was last asked."""
        changed, self._changed = list(self._changed.values()), {}
        return changed


def damaged_blocks(path: Path, width: int, blocks: Mapping[int, Block], rows: np.ndarray) -> list[int]:
    """Numbers of the blocks whose codes cannot be trusted; only blocks with rows in use are looked at.

    Args:
        path: The file of codes; one that is missing or cut off is damaged where something is missing.
        width: Bytes of a record.
        blocks: Number → what the catalogue says of the block.
        rows: (N,) int64, ascending: the rows in use.
    """
    numbers = rows // BLOCK
    numbers = numbers[np.diff(numbers, prepend=-1) > 0]  # as np.unique, which does not know that they ascend
    last_rows = rows[np.searchsorted(rows, (numbers + 1) * BLOCK) - 1]
    if not path.is_file():
        return numbers.tolist()
    with path.open("rb") as stream:
        pairs = zip(numbers.tolist(), last_rows.tolist(), strict=True)
        return [number for number, last in pairs if not _is_whole(stream, width, blocks.get(number), last)]


def _is_whole(stream: BinaryIO, width: int, block: Block | None, last_row: int) -> bool:
    if block is None or not 0 < block.taken <= BLOCK or block.end <= last_row:
        return False
    stream.seek(block.number * BLOCK * width)
    data = stream.read(block.taken * width)
    return len(data) == block.taken * width and zlib.crc32(data) == block.checksum


def state_of(rows: np.ndarray, blocks: Mapping[int, Block]) -> str:
    """SHA-256 that changes with any code of the rows in use, or with which rows these are."""
    told = [f"{block.number} {block.taken} {block.checksum}" for _, block in sorted(blocks.items())]
    return hashlib.sha256(np.ascontiguousarray(rows, "<i8").tobytes() + "\n".join(told).encode()).hexdigest()


def padded(path: Path, width: int, numbers: Iterable[int]) -> list[Block]:
    """The given blocks as they are on disk now, filled up with zeros, in a file that holds all of each.

    For blocks whose rows nobody uses any more: rows are not given out twice.

    Raises:
        OSError: The file cannot be written.
    """
    found = []
    with path.open("r+b" if path.is_file() else "w+b") as stream:
        for number in numbers:
            stream.seek(0, 2)
            stream.truncate(max(stream.tell(), (number + 1) * BLOCK * width))
            stream.seek(number * BLOCK * width)
            found.append(Block(number, BLOCK, zlib.crc32(stream.read(BLOCK * width))))
    return found
