import hashlib
from pathlib import Path

import pytest

from zsr_lib.data.splits import lists_on_disk, read_split
from zsr_lib.data.splits.lists_on_disk import CHECKSUMS, frozen_names, frozen_split
from zsr_lib.errors import BadFileError, DataNotFoundError, UnknownNameError

GOOD = "dataset: zoo\nseen: [cat, dog]\nunseen: [owl]\n"


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A folder with one shipped list, in place of the real one."""
    (tmp_path / "zoo-1.yaml").write_bytes(GOOD.encode())
    (tmp_path / CHECKSUMS).write_text(f"{hashlib.sha256(GOOD.encode()).hexdigest()}  zoo-1.yaml\n")
    monkeypatch.setattr(lists_on_disk, "_lists", lambda: tmp_path)
    lists_on_disk._checksums.cache_clear()
    frozen_split.cache_clear()
    yield tmp_path
    lists_on_disk._checksums.cache_clear()
    frozen_split.cache_clear()


def test_every_file_is_listed_and_has_its_checksum():
    folder = Path(str(lists_on_disk._lists()))
    assert {path.stem for path in folder.glob("*.yaml")} == set(frozen_names())
    assert all(frozen_split(name).name == name for name in frozen_names())
    assert all(frozen_split(name).source for name in frozen_names())


def test_a_changed_list_is_refused_with_a_remedy(shipped):
    (shipped / "zoo-1.yaml").write_text(GOOD.replace("dog", "dingo"))
    with pytest.raises(BadFileError, match=r"zoo-1.yaml was changed.*\n.*git checkout"):
        frozen_split("zoo-1")


def test_windows_line_endings_do_not_count_as_a_change(shipped):
    (shipped / "zoo-1.yaml").write_bytes(GOOD.replace("\n", "\r\n").encode())
    assert frozen_split("zoo-1").unseen == ("owl",)


def test_a_split_of_your_own(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    split = read_split(path)
    assert (split.name, split.dataset, split.seen, split.unseen) == ("mine", "zoo", ("cat", "dog"), ("owl",))


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("{", BadFileError, "not YAML"),
        ("- cat", BadFileError, "lacks unseen"),
        ("dataset: zoo\nseen: [owl]\n", BadFileError, "lacks unseen"),
        (GOOD + "unsen: [cow]\n", UnknownNameError, "did you mean unseen"),
        (GOOD.replace("[cat, dog]", "cat"), BadFileError, "lists of class names"),
        (GOOD.replace("owl", "yes"), BadFileError, "quote names"),
    ],
)
def test_a_bad_file_is_explained(tmp_path, text, error, message):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(error, match=message):
        read_split(path)


def test_missing_and_binary_files_are_explained(tmp_path):
    with pytest.raises(DataNotFoundError, match="no split list"):
        read_split(tmp_path / "none.yaml")
    (tmp_path / "image.yaml").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(BadFileError, match="not a text file"):
        read_split(tmp_path / "image.yaml")


@pytest.mark.parametrize(
    ("file", "text"), [("x.yaml", "name: sketchy-25-sake\nunseen: [cat]\n"), ("eoc-sample-5.txt", "river\n")]
)
def test_a_list_of_ones_own_cannot_take_the_name_of_a_shipped_one(tmp_path, file, text):
    (tmp_path / file).write_text(text)
    with pytest.raises(BadFileError, match="its unseen classes are not those of that split"):
        read_split(tmp_path / file)
