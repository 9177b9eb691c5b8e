import hashlib
import os
import time

import pytest

from zsr_lib.data import checksums
from zsr_lib.data.checksums import combined, file_checksums
from zsr_lib.errors import BadFileError


@pytest.fixture
def files(cache, tmp_path, monkeypatch):
    """Three files that count as settled."""
    monkeypatch.setattr(checksums, "SETTLED_SECONDS", -1)
    paths = [tmp_path / "set" / "class" / f"{index}.bin" for index in range(3)]
    paths[0].parent.mkdir(parents=True)
    for index, path in enumerate(paths):
        path.write_bytes(bytes([index]) * 10)
    return paths


def expected(paths):
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


def test_sums_are_those_of_hashlib_in_order(files):
    assert file_checksums(files[::-1]) == expected(files[::-1])
    assert file_checksums([]) == []


def test_unchanged_files_are_not_read_again(files, monkeypatch):
    first = file_checksums(files)
    monkeypatch.setattr(checksums, "sha256_of", lambda path: pytest.fail(f"{path} was read again"))
    assert file_checksums(files) == first


def test_change_that_keeps_size_and_modification_time_is_noticed(files):
    file_checksums(files)
    before = files[1].stat()
    files[1].write_bytes(b"x" * 10)
    os.utime(files[1], ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file_checksums(files) == expected(files)


def test_files_that_just_changed_are_not_remembered(files, monkeypatch):
    monkeypatch.setattr(checksums, "SETTLED_SECONDS", 3600)
    assert time.time() - files[0].stat().st_mtime < 3600
    file_checksums(files)
    read = []
    monkeypatch.setattr(checksums, "sha256_of", lambda path: read.append(path) or "sum")
    file_checksums(files)
    assert read == files


@pytest.mark.parametrize("text", ["", "not json", "[1]", '{"a"'])
def test_damaged_memory_is_ignored(files, cache, text):
    file_checksums(files)
    [memory] = (cache / "store" / "checksums").iterdir()
    memory.write_text(text)
    assert file_checksums(files) == expected(files)


def test_cache_that_cannot_be_written_does_not_stop_a_reader(files, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "file"))
    assert file_checksums(files) == expected(files)


def test_file_that_vanished_is_named(files):
    files[2].unlink()
    with pytest.raises(BadFileError, match=r"2\.bin cannot be read"):
        file_checksums(files)


def test_combined_depends_on_order_and_line_ends():
    sums = {combined(lines) for lines in (["a", "b"], ["b", "a"], ["ab"], ["a b"], [])}
    assert len(sums) == 5
    assert combined(["a"]) == hashlib.sha256(b"a\n").hexdigest()
