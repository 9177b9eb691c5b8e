import functools
import threading
import zipfile
from dataclasses import replace
from hashlib import md5
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from zsr_lib.data.folder_source import FolderSource
from zsr_lib.data.locate import Part
from zsr_lib.data.registry import Archive
from zsr_lib.data.sets import earth_on_canvas, ucmerced
from zsr_lib.errors import DataNotFoundError, UnknownNameError

from .conftest import draw_sketches, draw_tile, draw_ucmerced, state_of

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


def test_sketches_prepared_from_a_clone_of_the_public_sample(tmp_path, root):
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


def test_path_that_does_not_exist(cache, tmp_path):
    with pytest.raises(DataNotFoundError, match="does not exist"):
        UCM.obtain(tmp_path / "typo.zip", None, False)


def test_zip_of_something_else(cache, tmp_path):
    draw_tile(tmp_path / "cats" / "Tom" / "1.png", 1)
    source = zipped(tmp_path / "cats", tmp_path / "cats.zip")
    with pytest.raises(DataNotFoundError, match="no class folder of UC Merced") as caught:
        UCM.obtain(source, None, False)
    assert str(source) in caught.value.problem
    assert [path.suffix for path in (cache / "datasets").iterdir()] == [".lock"]


def test_folder_of_something_else_stays_as_it_is(cache, tmp_path):
    tile = draw_tile(tmp_path / "cats" / "Tom" / "1.png", 1)
    with pytest.raises(DataNotFoundError, match="no class folder"):
        UCM.obtain(tmp_path / "cats", None, False)
    assert tile.is_file()


def test_what_was_prepared_survives_a_failed_attempt(cache, tmp_path):
    good, bad = (draw_ucmerced(tmp_path / name) for name in ("good", "bad"))
    (bad / "harbor").rename(bad / "habor")
    UCM.obtain(good, None, False)
    with pytest.raises(UnknownNameError, match="harbor"):
        UCM.obtain(bad, None, False)
    assert UCM.find(None) == {"photo": good}
