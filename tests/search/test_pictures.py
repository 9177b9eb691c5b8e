"""Which files of a folder are pictures."""

import os

import pytest

from zsr_lib.errors import BadFileError, DataNotFoundError
from zsr_lib.search.pictures import ignored_in, pictures_in


def test_walks_down_in_order_and_passes_over_what_is_hidden_or_no_picture(tmp_path):
    for name in ("b/2.PNG", "b/10.jpg", "a.tif", ".hidden/x.png", "b/.y.png", "notes.txt", "index/z.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"12345")
    found = pictures_in(tmp_path, leave_out=tmp_path / "index")
    assert [each.path for each in found] == ["a.tif", "b/10.jpg", "b/2.PNG"]
    assert found[0].size == 5
    assert found[0].changed == (tmp_path / "a.tif").stat().st_mtime_ns


def test_links_in_a_circle_and_into_nowhere_are_no_trouble(tmp_path):
    (tmp_path / "a.png").write_bytes(b"1")
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "gone.png").symlink_to(tmp_path / "nothing.png")
    assert [each.path for each in pictures_in(tmp_path)] == ["a.png"]


def test_what_looks_like_a_picture_but_is_not_read_is_counted(tmp_path):
    for name in ("a.png", "a.pgw", "b.IMG", "c/d.img", "c/e.heic", "notes.txt", ".hidden/f.img", "index/g.img"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"1")
    assert ignored_in(tmp_path, leave_out=tmp_path / "index") == {".heic": 1, ".img": 2, ".pgw": 1}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_no_picture_whatever_its_name(tmp_path):
    (tmp_path / "a.png").write_bytes(b"1")
    os.mkfifo(tmp_path / "b.jpg")
    (tmp_path / "c.jpg").symlink_to("/dev/zero")
    assert [each.path for each in pictures_in(tmp_path)] == ["a.png"]


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_nothing_to_index_is_said(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataNotFoundError, match="no folder" if name == "missing" else "no picture"):
        pictures_in(tmp_path / name)


def test_a_folder_that_cannot_be_listed_is_not_taken_for_empty(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.png").write_bytes(b"1")
    real = os.scandir

    def refusing(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr("os.scandir", refusing)
    with pytest.raises(BadFileError, match="closed cannot be listed"):
        pictures_in(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="names are UTF-16 there")
def test_a_name_that_is_no_text_is_written_out(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.png")).write_bytes(b"1")
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    assert [each.path for each in pictures_in(tmp_path)] == ["caf\\udce9.png"]
