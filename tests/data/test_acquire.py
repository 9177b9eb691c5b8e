import functools
import stat
import threading
import zipfile
from dataclasses import replace
from hashlib import md5
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from zsr_lib.data.acquire import extract_zip
from zsr_lib.data.folder_source import FolderSource
from zsr_lib.data.locate import Part
from zsr_lib.data.registry import Archive
from zsr_lib.data.sets import earth_on_canvas, ucmerced
from zsr_lib.errors import BadFileError, DataNotFoundError, UnknownNameError

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


def write_zip(path, members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as target:
        for name, content in members:
            target.writestr(name, content)
    return path


@pytest.fixture
def target(tmp_path):
    """Where to unpack; its parent shows what else was written."""
    return tmp_path / "out" / "set"


def assert_nothing_written(target):
    assert not target.exists()
    assert not list(target.parent.glob("*"))


def test_files_and_folders_come_out_as_they_went_in(tmp_path, target):
    members = [("a/", b""), ("a/b/c.txt", b"deep"), ("a\\d.txt", b"from Windows"), ("top.bin", bytes(3000))]
    extract_zip(write_zip(tmp_path / "x.zip", members), target)
    found = {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    assert found == {"a/b/c.txt": b"deep", "a/d.txt": b"from Windows", "top.bin": bytes(3000)}
    assert [path.name for path in target.parent.iterdir()] == ["set"]


OUTSIDE = ["../evil.txt", "a/../../evil.txt", "/tmp/evil.txt", "..\\evil.txt", "C:/evil.txt", "C:\\evil.txt"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_members_outside_are_refused_before_anything_is_written(tmp_path, target, name):
    source = write_zip(tmp_path / "x.zip", [("good.txt", b"good"), (name, b"evil")])
    with pytest.raises(BadFileError, match="outside of its folder") as caught:
        extract_zip(source, target)
    assert "official page" in caught.value.remedy
    assert_nothing_written(target)
    assert not list(tmp_path.rglob("evil.txt"))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(tmp_path, target, kind):
    member = zipfile.ZipInfo("a/link")
    member.external_attr = (kind | 0o777) << 16
    with pytest.raises(BadFileError, match="link or device"):
        extract_zip(write_zip(tmp_path / "x.zip", [(member, "/etc/passwd")]), target)
    assert_nothing_written(target)


def damaged(path):
    data = path.read_bytes()
    return {
        "empty": b"",
        "text": b"<html>404 Not Found</html>" * 20,
        "first half": data[: len(data) // 2],
        "last bytes cut": data[:-10],
        "a byte changed": data[:60] + bytes([data[60] ^ 255]) + data[61:],
    }


@pytest.mark.parametrize("kind", ["empty", "text", "first half", "last bytes cut", "a byte changed"])
@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_wrong_or_truncated_zip_says_to_download_again(tmp_path, target, kind, compression):
    path = write_zip(tmp_path / "x.zip", [("a.txt", bytes(range(256)) * 8)], compression)
    path.write_bytes(damaged(path)[kind])
    with pytest.raises(BadFileError, match=r"x\.zip is not a zip archive, or is truncated or damaged") as caught:
        extract_zip(path, target)
    assert "download it again" in caught.value.remedy
    assert_nothing_written(target)


def test_encrypted_zip_is_refused(tmp_path, target):
    path = write_zip(tmp_path / "x.zip", [("a.txt", b"secret")], zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag in the local header …
    data[data.index(b"PK\x01\x02") + 8] |= 1  # … and in the directory
    path.write_bytes(data)
    with pytest.raises(BadFileError, match="encrypted"):
        extract_zip(path, target)
    assert_nothing_written(target)


def test_zip_bomb_is_refused_but_a_large_honest_archive_is_not(tmp_path, target, monkeypatch):
    monkeypatch.setattr("zsr_lib.data.acquire.HARMLESS_BYTES", 10_000)
    with pytest.raises(BadFileError, match="zip bomb"):
        extract_zip(write_zip(tmp_path / "bomb.zip", [("zeros", bytes(10**6))]), target)
    assert_nothing_written(target)
    extract_zip(write_zip(tmp_path / "honest.zip", [("zeros", bytes(10**5))], zipfile.ZIP_STORED), target)
    assert (target / "zeros").stat().st_size == 10**5


def test_too_many_members_are_refused(tmp_path, target, monkeypatch):
    monkeypatch.setattr("zsr_lib.data.acquire.MAX_MEMBERS", 3)
    with pytest.raises(BadFileError, match="4 files"):
        extract_zip(write_zip(tmp_path / "x.zip", [(str(index), b"") for index in range(4)]), target)


@pytest.mark.parametrize("names", [("a", "a/b"), ("a/b", "a"), ("a", "A/../a")])
def test_contradicting_members_are_refused(tmp_path, target, names):
    with pytest.raises(BadFileError, match="was not unpacked"):
        extract_zip(write_zip(tmp_path / "x.zip", [(name, b"x") for name in names]), target)
    assert_nothing_written(target)


def test_name_too_long_for_the_disk(tmp_path, target):
    with pytest.raises(BadFileError, match="name too long"):
        extract_zip(write_zip(tmp_path / "x.zip", [(f"a/{'b' * 300}.tif", b"x")]), target)
    assert_nothing_written(target)


def test_leftover_of_a_killed_process_is_replaced(tmp_path, target):
    part = target.with_name("set.part")
    part.mkdir(parents=True)
    (part / "half.txt").write_text("half")
    extract_zip(write_zip(tmp_path / "x.zip", [("whole.txt", b"whole")]), target)
    assert [path.name for path in target.iterdir()] == ["whole.txt"]
    assert not part.exists()
