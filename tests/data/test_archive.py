import stat
import zipfile

import pytest

from zsr_lib.data import archive
from zsr_lib.data.archive import extract_zip
from zsr_lib.errors import BadFileError


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
    monkeypatch.setattr(archive, "HARMLESS_BYTES", 10_000)
    with pytest.raises(BadFileError, match="zip bomb"):
        extract_zip(write_zip(tmp_path / "bomb.zip", [("zeros", bytes(10**6))]), target)
    assert_nothing_written(target)
    extract_zip(write_zip(tmp_path / "honest.zip", [("zeros", bytes(10**5))], zipfile.ZIP_STORED), target)
    assert (target / "zeros").stat().st_size == 10**5


def test_too_many_members_are_refused(tmp_path, target, monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
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
