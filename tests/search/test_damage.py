"""What time and disks do to an index: said, never an answer, and mended without beginning again."""

import shutil
import zlib

import numpy as np
import pytest

from zsr_lib.errors import BadFileError, ZsrError
from zsr_lib.search.blocks import BLOCK, Block, RunningBlocks, damaged_blocks, padded
from zsr_lib.search.building import build_index
from zsr_lib.search.index import Index


@pytest.fixture
def folder(archive, system, tmp_path):
    build_index(archive, tmp_path / "index", system, progress=False)
    return tmp_path / "index"


@pytest.fixture
def query(folder):
    """A code to ask with, so that no sketch is embedded each time."""
    return np.random.default_rng(0).normal(size=Index(folder).form.length).astype(np.float32)


def flipped(path, bit):
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def is_said_or_harmless(folder, query, expected):
    """Whether searches end with the right answer or with an error of ours."""
    for count, hits in expected.items():
        try:
            if Index(folder).nearest(query, count) != hits:
                return False
        except ZsrError:
            pass
    return True


def answers(folder, query):
    return {count: Index(folder).nearest(query, count) for count in (1, 3, 12)}


def test_a_bit_that_flips_in_the_codes_is_said(folder, query):
    expected, path = answers(folder, query), folder / "codes-0.bin"
    good = path.read_bytes()
    for bit in np.random.default_rng(1).integers(0, 8 * len(good), 40).tolist():
        flipped(path, bit)
        with pytest.raises(BadFileError, match="run zsr index again"):
            Index(folder)
        path.write_bytes(good)
    assert answers(folder, query) == expected


@pytest.mark.parametrize("seed", range(2))
def test_a_bit_that_flips_in_the_catalogue_never_changes_an_answer(folder, query, seed):
    expected, path = answers(folder, query), folder / "index.db"
    good = path.read_bytes()
    used = np.flatnonzero(np.frombuffer(good, np.uint8))  # zeros are mostly room that nothing is kept in
    dice = np.random.default_rng(seed)
    for place in dice.choice(used, 60):
        flipped(path, int(place) * 8 + int(dice.integers(8)))
        assert is_said_or_harmless(folder, query, expected), f"byte {place}"
        path.write_bytes(good)


def test_a_catalogue_that_was_cut_off_gives_no_traceback(folder, query):
    expected, path = answers(folder, query), folder / "index.db"
    good = path.read_bytes()
    for length in range(0, len(good), 1000):
        path.write_bytes(good[:length])
        assert is_said_or_harmless(folder, query, expected), f"{length} bytes"


def test_damaged_codes_are_embedded_again_and_no_others(archive, system, folder, query, monkeypatch):
    for module in ("blocks", "writable_catalogue"):
        monkeypatch.setattr(f"zsr_lib.search.{module}.BLOCK", 4)
    shutil.rmtree(folder)
    build_index(archive, folder, system, progress=False)
    expected = [hit.path for hit in Index(folder).nearest(query, 12)]
    flipped(folder / "codes-0.bin", 8 * 5 * Index(folder).form.dtype.itemsize)  # the sixth code: of the second block
    changes = build_index(archive, folder, system, progress=False)
    assert (changes.mended, changes.new, changes.unchanged) == (4, 4, 8)
    assert [hit.path for hit in Index(folder).nearest(query, 12)] == expected


@pytest.mark.parametrize("harm", ["cut", "gone", "empty", "more"])
def test_codes_that_were_cut_off_or_lost_are_embedded_again(archive, system, folder, query, harm):
    expected, path = [hit.path for hit in Index(folder).nearest(query, 12)], folder / "codes-0.bin"
    if harm == "gone":
        path.unlink()
    else:
        good = path.read_bytes()
        path.write_bytes({"cut": good[:-1], "empty": b"", "more": good + b"half a record"}[harm])
    changes = build_index(archive, folder, system, progress=False)
    assert changes.mended == (0 if harm == "more" else 12)
    assert [hit.path for hit in Index(folder).nearest(query, 12)] == expected
    assert build_index(archive, folder, system, progress=False).unchanged == 12


def test_a_damaged_entry_is_made_again(archive, system, folder, query):
    expected, path = [hit.path for hit in Index(folder).nearest(query, 12)], folder / "index.db"
    data = path.read_bytes()
    path.write_bytes(data.replace(b"tiles/harbor/2.png", b"tiles/hasbor/2.png", 1))
    with pytest.raises(BadFileError, match="run zsr index again"):
        Index(folder).nearest(query, 12)
    path.write_bytes(data)
    place = data.index(b"tiles/runway/1.png") + len("tiles/runway/1.png") + 3  # within its SHA-256, which has no index
    flipped(path, 8 * place)
    assert build_index(archive, folder, system, progress=False).mended == 1
    assert [hit.path for hit in Index(folder).nearest(query, 12)] == expected


def test_damage_that_shows_only_when_something_is_taken_out_is_said(archive, system, folder):
    path = folder / "index.db"
    data = path.read_bytes()
    path.write_bytes(data.replace(b"count = count - 1", b"count = cownt - 1", 1))
    (archive / "tiles" / "runway" / "0.png").unlink()
    with pytest.raises(BadFileError, match="make the index again"):
        build_index(archive, folder, system, progress=False)


def test_checksums_of_blocks_are_those_of_their_bytes(tmp_path):
    dice, width = np.random.default_rng(0), 3
    data = dice.bytes((2 * BLOCK + 5) * width)
    running, start = RunningBlocks(None, width), 0
    found = {}
    for count in (1, BLOCK, BLOCK - 3, 7):
        running.append(data[start * width : (start + count) * width])
        found |= {block.number: block for block in running.changed()}
        start += count
    size = BLOCK * width
    expected = [zlib.crc32(data[n * size : (n + 1) * size]) for n in range(3)]
    assert list(found.values()) == [
        Block(0, BLOCK, expected[0]),
        Block(1, BLOCK, expected[1]),
        Block(2, 5, expected[2]),
    ]
    (tmp_path / "codes").write_bytes(data)
    rows = np.array([3, BLOCK, 2 * BLOCK + 4])
    assert damaged_blocks(tmp_path / "codes", width, found, rows) == []
    assert damaged_blocks(tmp_path / "codes", width, found, np.append(rows, 2 * BLOCK + 5)) == [2]
    assert damaged_blocks(tmp_path / "codes", width, found, np.zeros(0, np.int64)) == []
    flipped(tmp_path / "codes", 8 * (BLOCK + 1) * width)
    assert damaged_blocks(tmp_path / "codes", width, found, rows) == [1]
    assert padded(tmp_path / "codes", width, [2]) == [Block(2, BLOCK, zlib.crc32(data[2 * size :].ljust(size, b"\0")))]
    assert (tmp_path / "codes").stat().st_size == 3 * size
