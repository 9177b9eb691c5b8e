"""What a kill at a bad moment leaves, and what reads meanwhile."""

import shutil
import sqlite3
import subprocess
import sys

import pytest

from zsr_lib.errors import BusyError
from zsr_lib.search.building import build_index
from zsr_lib.search.index import Index
from zsr_lib.search.writable_catalogue import WritableCatalogue

# A change that is written to the file but not committed: pages that do not fit into a small cache are spilled.
KILLED = """
import os, pathlib, signal, sys
from zsr_lib.search import database
connection = database.connection(pathlib.Path(sys.argv[1]), "rw")
connection.execute("PRAGMA cache_size = 1")
connection.execute("PRAGMA cache_spill = 1")
connection.execute("BEGIN IMMEDIATE")
connection.execute("DELETE FROM files")
for number in range(5000):
    connection.execute("INSERT INTO files VALUES (?, ?, 1, 1, '', '', 0, 0)", (number, str(number) * 50))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def folder(archive, system, tmp_path):
    build_index(archive, tmp_path / "index", system, progress=False)
    return tmp_path / "index"


def test_a_change_that_was_killed_half_way_is_taken_back_by_whoever_opens_the_index(folder):
    subprocess.run([sys.executable, "-c", KILLED, folder / "index.db"], check=False)
    assert (folder / "index.db-journal").stat().st_size > 0
    assert len(Index(folder)) == 12
    assert not (folder / "index.db-journal").exists()


def test_a_catalogue_is_made_whole_or_not_at_all(tmp_path, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("zsr_lib.search.database.json.dumps", killed)
    with pytest.raises(KeyboardInterrupt):
        WritableCatalogue(tmp_path / "index.db", {"generation": 0})
    assert list(tmp_path.iterdir()) == []


def test_what_a_kill_left_half_written_is_removed(archive, system, folder):
    left = [
        folder / ".codes-1.bin.abc.part.bin",
        folder / ".index.db.x_1.part.db",
        folder / "model" / ".model.json.x.part",
    ]
    for path in left:
        path.write_bytes(b"half")
    build_index(archive, folder, system, progress=False)
    assert not any(path.exists() for path in left)
    assert len(Index(folder)) == 12


def test_a_writer_that_holds_the_file_is_waited_for_and_named(folder, monkeypatch):
    real = sqlite3.connect
    monkeypatch.setattr(
        "zsr_lib.search.catalogue.sqlite3.connect", lambda *given, **named: real(*given, timeout=0.01, **named)
    )
    with real(folder / "index.db", isolation_level=None) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BusyError, match="being written"):
            Index(folder)
        writer.execute("ROLLBACK")


def test_an_open_index_does_not_mistake_rows_of_a_new_generation(archive, system, folder, sketch):
    index = Index(folder)
    index.search(sketch, 12)
    shutil.rmtree(archive / "tiles" / "golfcourse")
    build_index(archive, folder, system, progress=False)
    with pytest.raises(BusyError, match="open the index again"):
        index.search(sketch, 1)
    assert len(index.reopened().search(sketch, 12)) == 8
