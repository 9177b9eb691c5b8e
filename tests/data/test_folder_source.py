import functools
import os
import threading
import zipfile
from dataclasses import replace
from hashlib import md5
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from zsr_lib.data.folder_source import FolderSource
from zsr_lib.data.locate import Part
from zsr_lib.data.registry import Archive
from zsr_lib.data.sets import earth_on_canvas, ucmerced
from zsr_lib.errors import BadFileError, BadInputError, DataNotFoundError, UnknownNameError

from .conftest import draw_sketches, draw_tile, draw_ucmerced

UCM, EOC = ucmerced.SOURCE, earth_on_canvas.SOURCE


def zipped(folder, target):
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return target


@pytest.fixture
def official_zip(tmp_path):
    """An archive in the official layout."""
    draw_ucmerced(tmp_path / "make" / "UCMerced_LandUse" / "Images")
    (tmp_path / "make" / "UCMerced_LandUse" / "readme.txt").write_text("notes")
    return zipped(tmp_path / "make", tmp_path / "anything.zip")


def state_of(folder):
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}


def test_plain_folders(root):
    loaded = UCM.load(16, root, False)
    assert loaded.photos.pixels.shape == (42, 16, 16, 3)
    assert loaded.photos.ids[2] == "airplane/airplane00"
    assert loaded.photos.class_names[2] == "airplane"
    assert (loaded.photos.modality, loaded.photos.origin) == ("photo", "camera")
    assert loaded.sketches is None
    assert loaded.notes == ("42 of the complete set's 2100 items of modality photo",)


@pytest.mark.parametrize("layout", ["UCMerced_LandUse/Images", "ucmerced/UCMerced_LandUse/Images", "ucmerced"])
def test_official_tree_below_the_data_root(tmp_path, cache, layout):
    draw_ucmerced(tmp_path / "data" / layout)
    assert UCM.find(tmp_path / "data") == {"photo": tmp_path / "data" / layout}
    assert len(UCM.load(8, tmp_path / "data", False).photos) == 42


def test_official_zip_is_unpacked_into_the_cache(official_zip, cache):
    UCM.obtain(official_zip, None, False)
    assert cache in UCM.find(None)["photo"].parents
    assert len(UCM.load(8, None, False).photos) == 42
    before = state_of(UCM.find(None)["photo"])
    UCM.obtain(official_zip, None, False)
    assert state_of(UCM.find(None)["photo"]) == before


def test_official_zip_in_the_data_root_is_unpacked_without_a_download(official_zip, tmp_path, cache):
    official_zip.rename(tmp_path / "make" / "UCMerced_LandUse.zip")
    UCM.obtain(None, tmp_path / "make", False)
    assert len(UCM.survey(tmp_path / "make", False).counts["photo"]) == 21


def test_folder_is_used_where_it_lies(tmp_path, cache):
    images = draw_ucmerced(tmp_path / "elsewhere" / "UCMerced_LandUse" / "Images")
    for path in (tmp_path / "elsewhere", images):
        UCM.obtain(path, None, False)
        assert UCM.find(None) == {"photo": images}


def test_download_is_unpacked_and_found(official_zip, tmp_path, cache):
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    handler.func.log_message = lambda *args: None
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/anything.zip"
    content = official_zip.read_bytes()
    archive = Archive("UCMerced_LandUse.zip", md5(content).hexdigest(), len(content), (url,))
    info = replace(ucmerced.INFO, archive=archive)
    source = FolderSource(info, (Part(info, "photo", "camera"),))
    try:
        source.obtain(None, None, False)
    finally:
        server.shutdown()
        server.server_close()
    assert len(source.load(8, None, False).photos) == 42


def test_sketches_in_any_spelling_and_classes_without(root, eoc_classes):
    loaded = EOC.load(16, root, False)
    assert loaded.classes == loaded.photos.classes == loaded.sketches.classes == eoc_classes
    assert len(loaded.photos) == 28
    assert set(loaded.sketches.class_names) == {"airplane", "storagetanks", "tenniscourt", "golfcourse"}
    assert loaded.sketches.ids[:3].tolist() == ["airplane/1", "airplane/2", "airplane/10"]
    assert (loaded.sketches.modality, loaded.sketches.origin) == ("sketch", "hand")
    assert any(note.startswith("no sketch of: baseballdiamond, buildings") for note in loaded.notes)


def test_sketch_folders_nobody_has_drawn_in_yet(root):
    (root / "eoc_sketches" / "River").mkdir()
    assert "river" not in EOC.load(8, root, False).sketches.class_names


def test_sketches_prepared_from_a_clone_of_the_public_sample(tmp_path, root):
    for path in (root / "eoc_sketches").rglob("*"):
        path.unlink() if path.is_file() else None
    (root / "eoc_sketches").rename(root / "gone")
    with pytest.raises(DataNotFoundError, match="the sketch items of Earth on Canvas") as caught:
        EOC.obtain(None, root, False)
    assert "asks for a login" in caught.value.remedy
    assert "earth-canvas-6" in caught.value.remedy
    clone = draw_sketches(tmp_path / "clone", ("Aeroplane", "Tenniscourt"))
    (clone / "README.md").write_text("notes")
    EOC.obtain(clone, root, False)
    assert EOC.find(root)["sketch"] == clone
    assert len(EOC.load(8, root, False).sketches) == 6


def test_class_folder_without_photos(root):
    for path in (root / "ucmerced" / "river").iterdir():
        path.unlink()
    for source in (UCM, EOC):
        with pytest.raises(BadFileError, match="river holds no image"):
            source.load(8, root, False)


def test_sketches_for_a_class_without_photos(root):
    for path in (root / "ucmerced" / "golfcourse").iterdir():
        path.unlink()
    (root / "ucmerced" / "golfcourse").rmdir()
    with pytest.raises(BadInputError, match="has sketch files of golfcourse, but there are no photos") as caught:
        EOC.load(8, root, False)
    assert "move these files away" in caught.value.remedy
    assert "no photo of: golfcourse" in UCM.load(8, root, False).notes


@pytest.mark.parametrize(("folder", "source"), [("ucmerced", UCM), ("eoc_sketches", EOC)])
def test_unknown_class_folder(root, folder, source):
    draw_tile(root / folder / "harbour town" / "1.png", 1)
    with pytest.raises(UnknownNameError, match="harbour town") as caught:
        source.survey(root, False)
    assert "move it out of" in caught.value.remedy


def test_bad_files_stop_the_load_or_are_skipped_with_a_note(root):
    (root / "ucmerced" / "beach" / "beach01.png").write_text("a note named like a picture")
    whole = UCM.survey(root, False).checksum
    with pytest.raises(BadFileError, match=r"beach01\.png is not an image"):
        UCM.load(8, root, False)
    loaded = UCM.load(8, root, False, skip_bad=True)
    assert len(loaded.photos) == 41
    assert "beach/beach01" not in loaded.photos.ids
    assert any(note.startswith("skipped: ") and "beach01.png" in note for note in loaded.notes)
    assert loaded.checksum != whole


def test_checksum_is_the_survey_s_and_ignores_the_size_but_not_the_bytes(root):
    first = EOC.load(8, root, False)
    assert first.checksum == EOC.load(9, root, False).checksum == EOC.survey(root, False).checksum
    draw_tile(root / "eoc_sketches" / "Aeroplane" / "1.jpg", 77)
    assert EOC.survey(root, False).checksum != first.checksum


def test_data_root_is_only_read(root):
    for path in [root, *root.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = state_of(root)
    try:
        EOC.obtain(None, root, False)
        assert len(EOC.load(8, root, False).photos) == 28
        assert state_of(root) == before
    finally:
        for path in [root, *root.rglob("*")]:
            path.chmod(0o755)


def test_path_that_does_not_exist(cache, tmp_path):
    with pytest.raises(DataNotFoundError, match="does not exist"):
        UCM.obtain(tmp_path / "typo.zip", None, False)


def test_zip_of_something_else(cache, tmp_path):
    draw_tile(tmp_path / "cats" / "Tom" / "1.png", 1)
    with pytest.raises(DataNotFoundError, match="no class folder of UC Merced"):
        UCM.obtain(zipped(tmp_path / "cats", tmp_path / "cats.zip"), None, False)


@pytest.mark.real_data
@pytest.mark.skipif(not os.environ.get("ZSR_DATA"), reason="ZSR_DATA is not set: no real data on this machine")
def test_real_ucmerced_and_sketches(tmp_path, monkeypatch):
    from pathlib import Path

    root = Path(os.environ["ZSR_DATA"])
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path))
    photos = UCM.load(64, root, False).photos
    assert np.array_equal(np.bincount(photos.labels), np.full(21, 100))
    loaded = EOC.load(64, root, False)
    assert len(loaded.photos) == 1400
    shared = np.isin(photos.ids, loaded.photos.ids)
    assert np.array_equal(np.asarray(photos.pixels)[shared], loaded.photos.pixels)
    assert set(loaded.sketches.class_names) >= {"airplane", "buildings", "freeway", "runway", "tenniscourt"}
    assert np.asarray(loaded.sketches.pixels).mean() > 200
