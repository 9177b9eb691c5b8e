"""Killed at any moment, an index goes on and ends as if nobody had killed anything; a clock that jumps does no harm."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from zsr_lib.errors import ZsrError
from zsr_lib.search.building import build_index
from zsr_lib.search.index import Index
from zsr_lib.search.mending import verify

# Imports once and forks for every kill; dice choose the moment, from the time that a whole run takes.
DRIVER = """
import json, os, random, shutil, signal, sys, time
from pathlib import Path
import torch
torch.set_num_threads(1)
from zsr_lib.search import building
from zsr_lib.search.embedding import embedder
from zsr_lib.search.index import Index
archive, folder, model, kills = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
building.BATCH = 2
system, dice = embedder(model), random.Random(kills)

def run():
    child = os.fork()
    if child == 0:
        try:
            building.build_index(archive, folder, system, progress=False)
        except BaseException as error:
            print(error, file=sys.stderr)
            os._exit(1)
        os._exit(0)
    return child

start = time.monotonic()
assert os.waitpid(run(), 0)[1] == 0
whole = time.monotonic() - start
killed = 0
while killed < kills:
    if dice.random() < 0.3:
        shutil.rmtree(folder, ignore_errors=True)
    else:  # something to do: other bytes for a picture, one more, one less
        data = (archive / "other" / f"{dice.randrange(4)}.png").read_bytes()
        (archive / f"{dice.randrange(12)}.png").write_bytes(data)
        (archive / f"{dice.randrange(12)}.png").unlink(missing_ok=True)
    child = run()
    time.sleep(dice.uniform(0, 1.2 * whole))
    os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    assert status in (0, signal.SIGKILL), status
    killed += status == signal.SIGKILL
    try:
        Index(folder)
    except Exception as error:
        assert type(error).__name__ == "BadFileError" and "is no index" in str(error), error
print(json.dumps(killed))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork there")
@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.long)])
def test_killed_at_random_moments_an_index_ends_as_if_nobody_had(archive, model_folder, system, tmp_path, kills):
    (archive / "tiles" / "harbor").rename(archive / "other")
    folder = tmp_path / "index"
    told = subprocess.run(
        [sys.executable, "-c", DRIVER, archive, folder, model_folder, str(kills)], capture_output=True, text=True
    )
    assert (told.returncode, told.stdout) == (0, f"{json.dumps(kills)}\n"), told.stderr
    build_index(archive, folder, system, progress=False)
    build_index(archive, tmp_path / "fresh", system, progress=False)
    assert not verify(folder)
    assert not list(folder.rglob("*.part*"))
    code = np.random.default_rng(0).normal(size=Index(folder).form.length).astype(np.float32)
    hits, expected = (
        sorted((hit.score, hit.name) for hit in Index(place).nearest(code, 99))
        for place in (folder, tmp_path / "fresh")
    )
    assert hits == expected


def test_a_clock_that_jumps_back_and_forth_hides_no_change(archive, system, tmp_path):
    folder, path = tmp_path / "index", archive / "tiles" / "runway" / "0.png"
    build_index(archive, folder, system, progress=False)
    for years in (-40, 40):
        there = time.time() + years * 365 * 86400
        os.utime(path, (there, there))  # the same bytes at another time
        changes = build_index(archive, folder, system, progress=False)
        assert (changes.new, changes.changed, changes.unchanged) == (0, 0, 12)
        path.write_bytes((archive / "tiles" / "harbor" / f"{years % 3}.png").read_bytes())
        os.utime(path, (there - 1, there - 1))
        assert build_index(archive, folder, system, progress=False).changed == 1
    assert not verify(folder)


def test_an_update_of_a_whole_index_reads_no_row_and_of_a_damaged_one_all(archive, system, tmp_path, monkeypatch):
    from zsr_lib.search.catalogue import Catalogue

    folder, asked, real = tmp_path / "index", [], Catalogue.broken
    monkeypatch.setattr(Catalogue, "broken", lambda self: asked.append(1) or real(self))
    build_index(archive, folder, system, progress=False)
    del asked[:]
    build_index(archive, folder, system, progress=False)
    assert not asked
    note = folder / "index.db.sha256"
    note.unlink()  # as after a kill
    build_index(archive, folder, system, progress=False)
    assert len(asked) == 1
    data = (folder / "index.db").read_bytes()
    place = data.index(b"tiles/runway/1.png") + len("tiles/runway/1.png") + 3  # within its SHA-256
    (folder / "index.db").write_bytes(data[:place] + b"?" + data[place + 1 :])
    assert build_index(archive, folder, system, progress=False).mended == 1
    assert len(asked) == 2


def test_a_batch_that_does_not_fit_into_memory_is_halved_until_it_does(archive, system, tmp_path, monkeypatch):
    from zsr_lib.models.method import Method

    build_index(archive, tmp_path / "all", system, progress=False)
    real, sizes = type(system.method).embed, []

    def small(self: Method, items):
        sizes.append(len(items))
        if len(items) > 3:
            raise RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory")
        return real(self, items)

    monkeypatch.setattr(type(system.method), "embed", small)
    assert build_index(archive, tmp_path / "halves", system, progress=False).new == 12
    assert sizes[1:] == [12, 6, 3, 3, 6, 3, 3]
    code = np.random.default_rng(0).normal(size=Index(tmp_path / "all").form.length).astype(np.float32)
    first, second = (Index(tmp_path / name).nearest(code, 12) for name in ("all", "halves"))
    assert [hit.name for hit in first] == [hit.name for hit in second]

    def never(self: Method, items):
        raise MemoryError

    monkeypatch.setattr(type(system.method), "embed", never)
    with pytest.raises(ZsrError, match="memory"):
        build_index(archive, tmp_path / "none", system, progress=False)

    def defect(self: Method, items):
        raise RuntimeError("shapes cannot be multiplied")

    monkeypatch.setattr(type(system.method), "embed", defect)
    with pytest.raises(RuntimeError, match="shapes"):
        build_index(archive, tmp_path / "none", system, progress=False)
