"""Indexes of folders: made, brought up to date, killed, damaged, and not writable."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import numpy as np
import pytest
from PIL import Image

from zsr_lib.errors import BadFileError, BadInputError, BusyError, ZsrError
from zsr_lib.files import exclusive
from zsr_lib.search.building import Options, build_index
from zsr_lib.search.database import connection
from zsr_lib.search.embedding import embedder
from zsr_lib.search.index import Index
from zsr_lib.search.windows import Tiling


def build(archive, folder, system, **options):
    return build_index(archive, folder, system, Options(**options) if options else None, progress=False)


@pytest.fixture
def counted(system, monkeypatch):
    """The system, and how many photos it has embedded."""
    count = []
    embed = system.method.embed

    def counting(items):
        count.append(len(items) if items.modality == "photo" else 0)
        return embed(items)

    monkeypatch.setattr(system.method, "embed", counting)
    return system, lambda: sum(count)


def test_every_picture_gets_one_code_and_is_found_by_its_own(archive, system, tmp_path):
    changes = build(archive, tmp_path / "index", system, kind="float")
    assert (changes.new, changes.changed, changes.deleted, changes.unchanged) == (12, 0, 0, 0)
    index = Index(tmp_path / "index")
    assert len(index) == 12
    path = archive / "tiles" / "harbor" / "2.png"
    pixels = np.asarray(Image.open(path).resize((system.size, system.size), Image.Resampling.BICUBIC))
    hit = index.nearest(system.photos(pixels[None])[0], 3)[0]
    assert hit.path.samefile(path)
    assert hit.score == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("kind", ["float", "int8"])
def test_a_sketch_finds_the_same_in_every_kind_of_codes(archive, system, sketch, tmp_path, kind):
    build(archive, tmp_path / kind, system, kind=kind)
    hits = Index(tmp_path / kind).search(sketch, 5)
    assert len(hits) == 5
    assert [h.distance for h in hits] == sorted(h.distance for h in hits)
    pixels = np.stack(
        [np.asarray(Image.open(p).resize((256, 256), Image.Resampling.BICUBIC)) for p in sorted(archive.rglob("*.png"))]
    )
    drawn = np.asarray(Image.open(sketch).resize((256, 256), Image.Resampling.BICUBIC))
    codes, query = system.photos(pixels), system.sketches(drawn[None])[0]
    cosines = codes @ query / np.linalg.norm(codes, axis=1) / np.linalg.norm(query)
    assert [h.score for h in hits] == pytest.approx(sorted(cosines, reverse=True)[:5], abs=5e-3)


def test_an_update_touches_what_is_new_changed_or_gone_and_nothing_else(archive, counted, tmp_path):
    system, embedded = counted
    build(archive, tmp_path / "index", system)
    before = embedded()
    tiles = archive / "tiles" / "runway"
    for number in range(10):
        shutil.copy(tiles / "0.png", tiles / f"new{number}.png")
    changes = build(archive, tmp_path / "index", system)
    assert (changes.new, changes.changed, changes.deleted, changes.unchanged) == (10, 0, 0, 12)
    assert embedded() - before == 10 + 1, "ten files, and one blank picture that tells the codes' length"
    (tiles / "new3.png").unlink()
    Image.new("RGB", (64, 64), "red").save(tiles / "1.png")
    os.utime(tiles / "2.png")
    changes = build(archive, tmp_path / "index", system)
    assert (changes.new, changes.changed, changes.deleted, changes.unchanged) == (0, 1, 1, 20)
    assert len(Index(tmp_path / "index")) == 21


def test_corrupt_files_are_listed_skipped_and_looked_at_again_when_mended(archive, system, tmp_path):
    bad = archive / "tiles" / "harbor" / "2.png"
    good = bad.read_bytes()
    bad.write_bytes(good[: len(good) // 2])
    (archive / "text.png").write_text("no picture")
    (archive / "empty.jpg").write_bytes(b"")
    changes = build(archive, tmp_path / "index", system)
    assert set(changes.skipped) == {"tiles/harbor/2.png", "text.png", "empty.jpg"}
    assert "empty" in changes.skipped["empty.jpg"]
    assert len(Index(tmp_path / "index")) == 11
    bad.write_bytes(good)
    changes = build(archive, tmp_path / "index", system)
    assert set(changes.skipped) == {"text.png", "empty.jpg"}
    assert len(Index(tmp_path / "index")) == 12


def test_large_scenes_are_found_in_parts(system, generated, tmp_path):
    archive = tmp_path / "scenes"
    archive.mkdir()
    scene = np.full((200, 300, 3), 128, np.uint8)
    photo = np.asarray(generated.photos.of_classes(["runway"]).pixels[0])
    scene[100:164, 192:256] = photo
    Image.fromarray(scene).save(archive / "scene.png")
    build(archive, tmp_path / "index", system, tiling=Tiling(64, 32, 64))
    index = Index(tmp_path / "index")
    assert len(index) == 6 * 9
    pixels = np.asarray(Image.fromarray(photo).resize((system.size,) * 2, Image.Resampling.BICUBIC))
    hit = index.nearest(system.photos(pixels[None])[0], 1)[0]
    assert (hit.window.left, hit.window.top) == (192, 96)


def test_many_deletions_shrink_the_file_of_codes(archive, system, tmp_path):
    build(archive, tmp_path / "index", system)
    shutil.rmtree(archive / "tiles" / "harbor")
    shutil.rmtree(archive / "tiles" / "golfcourse")
    build(archive, tmp_path / "index", system)
    files = list((tmp_path / "index").glob("codes-*.bin"))
    index = Index(tmp_path / "index")
    assert [path.name for path in files] == ["codes-1.bin"]
    assert files[0].stat().st_size == 4 * index.form.dtype.itemsize
    assert {hit.path.parent.name for hit in index.nearest(np.ones(index.form.length, "f4"), 9)} == {"runway"}


def test_deleted_and_changed_photos_are_named_as_such(archive, system, sketch, tmp_path):
    build(archive, tmp_path / "index", system)
    (archive / "tiles" / "runway" / "0.png").unlink()
    os.utime(archive / "tiles" / "runway" / "1.png", ns=(1, 1))
    states = {
        hit.path.name: hit.state
        for hit in Index(tmp_path / "index").search(sketch, 12)
        if hit.path.parent.name == "runway"
    }
    assert states == {"0.png": "missing", "1.png": "changed", "2.png": "here", "3.png": "here"}


KILLED = """
import sys
from pathlib import Path
from zsr_lib.search import building
from zsr_lib.search.embedding import embedder
building.BATCH = 2
building.build_index(Path(sys.argv[1]), Path(sys.argv[2]), embedder(Path(sys.argv[3])), progress=False)
"""


def test_a_kill_loses_nothing_that_was_taken_in(archive, model_folder, system, tmp_path):
    for number in range(200):
        shutil.copy(archive / "tiles" / "runway" / "0.png", archive / f"{number:03}.png")
    folder = tmp_path / "index"
    arguments = [sys.executable, "-c", KILLED, str(archive), str(folder), str(model_folder)]
    process = subprocess.Popen(arguments)
    limit = time.monotonic() + 300
    while _taken_in(folder) < 10 and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    taken = _taken_in(folder)
    assert 10 <= taken < 212
    with (folder / "codes-0.bin").open("ab") as stream:
        stream.write(b"half a record")
    changes = build(archive, folder, system)
    assert (changes.new, changes.unchanged) == (212 - taken, taken)
    index = Index(folder)
    assert len(index) == 212
    codes = system.photos(
        np.stack([np.asarray(Image.open(archive / "000.png").resize((256, 256), Image.Resampling.BICUBIC))])
    )
    assert len([hit for hit in index.nearest(codes[0], 201) if hit.score > 0.999]) == 201


def _taken_in(folder):
    try:
        with sqlite3.connect(f"file:{folder / 'index.db'}?mode=ro", uri=True) as connection:
            return connection.execute("SELECT COUNT(*) FROM files").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def test_two_writers_at_once(archive, system, tmp_path):
    folder = tmp_path / "index"
    with exclusive(folder / ".lock", "testing"), pytest.raises(BusyError, match="writing to the index"):
        build(archive, folder, system)


def test_another_system_folder_or_format_needs_another_index(archive, system, generated, tmp_path):
    from zsr_lib.data.task import build_task
    from zsr_lib.models.registry import create
    from zsr_lib.models.saving import save
    from zsr_lib.training.config import Run

    build(archive, tmp_path / "index", system)
    other = create("standardised", {"features": {"backbone": "hog", "size": 64}, "centre_only": True})
    other.fit(build_task(generated, "generated-14-6", 0, 0), Run(progress=False))
    save(other, tmp_path / "other")
    with pytest.raises(BadInputError, match="system"):
        build(archive, tmp_path / "index", embedder(tmp_path / "other"))
    with pytest.raises(BadInputError, match="codes"):
        build(archive, tmp_path / "index", system, kind="float")
    with pytest.raises(BadInputError, match="pictures"):
        build(archive / "tiles", tmp_path / "index", system)


def test_a_newer_format_and_damage_are_said(archive, system, tmp_path):
    folder = tmp_path / "index"
    build(archive, folder, system)
    with closing(connection(folder / "index.db", "rw")) as opened:
        opened.execute("UPDATE about SET value = '99' WHERE name = 'format'")
    with pytest.raises(BadFileError, match="format 99"):
        Index(folder)
    (folder / "index.db").write_bytes(b"rubbish" * 300)
    with pytest.raises(BadFileError, match="damaged or no index"):
        Index(folder)
    with pytest.raises(BadFileError, match="is no index"):
        Index(tmp_path)


def test_only_what_is_asked_for_must_be_as_the_index_has_it(archive, system, tmp_path):
    tiling = Tiling(side=32, overlap=0, whole=512)
    build(archive, tmp_path / "index", system, kind="float", tiling=tiling)
    for options in ({"kind": "float"}, {"tiling": tiling}, {}):
        assert build(archive, tmp_path / "index", system, **options).unchanged == 12
    with pytest.raises(BadInputError, match="tiling"):
        build(archive, tmp_path / "index", system, tiling=Tiling())


def test_what_could_not_be_read_is_tried_again_though_its_bytes_are_the_same(archive, system, tmp_path, monkeypatch):
    refused = archive / "tiles" / "runway" / "0.png"
    real = type(refused).open

    def closed(path, *given, **named):
        if path == refused:
            raise PermissionError(13, "Permission denied")
        return real(path, *given, **named)

    monkeypatch.setattr(type(refused), "open", closed)
    changes = build(archive, tmp_path / "index", system)
    assert "Permission denied" in changes.skipped["tiles/runway/0.png"]
    assert len(Index(tmp_path / "index")) == 11
    assert build(archive, tmp_path / "index", system).unchanged == 12
    monkeypatch.undo()
    changes = build(archive, tmp_path / "index", system)
    assert (changes.changed, changes.unchanged, changes.skipped) == (1, 11, {})
    assert len(Index(tmp_path / "index")) == 12


def test_codes_that_were_cut_off_are_noticed(archive, system, tmp_path):
    build(archive, tmp_path / "index", system)
    path = tmp_path / "index" / "codes-0.bin"
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(BadFileError, match="cut off"):
        Index(tmp_path / "index")


def test_a_full_disk_leaves_the_index_as_it_was(archive, system, tmp_path, monkeypatch):
    build(archive, tmp_path / "index", system)
    shutil.copy(archive / "tiles" / "runway" / "0.png", archive / "more.png")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("zsr_lib.search.writing.os.fsync", full)
    with pytest.raises(ZsrError, match="full"):
        build(archive, tmp_path / "index", system)
    monkeypatch.undo()
    assert len(Index(tmp_path / "index")) == 12
    assert build(archive, tmp_path / "index", system).new == 1


def test_hits_are_ready_for_json(archive, system, sketch, tmp_path):
    build(archive, tmp_path / "index", system)
    told = json.loads(json.dumps(Index(tmp_path / "index").search(sketch, 1)[0].as_dict()))
    assert set(told) == {"row", "path", "window", "distance", "score", "place", "state", "name", "expected"}
