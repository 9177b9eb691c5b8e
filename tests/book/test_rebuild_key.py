import pytest

from zsr_lib.book.rebuild_key import data_fingerprint, named_files, rebuild_key


@pytest.fixture
def library(tmp_path):
    """a uses b; c is used by nobody."""
    files = {
        "__init__.py": "",
        "room/__init__.py": "",
        "room/a.py": "def f():\n    from zsr_lib.room import b\n",
        "room/b.py": "X = 1\n",
        "room/c.py": "",
    }
    for name, text in files.items():
        path = tmp_path / "zsr_lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "constraints.txt").write_text("numpy==2\n")
    return tmp_path / "zsr_lib"


class TestKey:
    CODE = "from zsr_lib.room.a import f"

    @pytest.fixture
    def key(self, library):
        from zsr_lib.book.project import Project

        return lambda text="text", parameters=None, data="generated": rebuild_key(
            Project(library.parent), text, self.CODE, parameters or {"profile": "quick"}, data
        )

    def test_it_stays_when_nothing_changes(self, key):
        assert key() == key()

    def test_it_stays_when_an_unused_file_changes(self, key, library):
        before = key()
        (library / "room" / "c.py").write_text("changed = True\n")
        assert key() == before

    @pytest.mark.parametrize("file", ["zsr_lib/room/b.py", "constraints.txt"])
    def test_it_moves_with_what_the_chapter_uses(self, key, library, file):
        before = key()
        (library.parent / file).write_text("X = 2\n")
        assert key() != before

    @pytest.mark.parametrize("change", [{"text": "other"}, {"parameters": {"profile": "full"}}, {"data": "x"}])
    def test_it_moves_with_text_parameters_and_data(self, key, change):
        assert key(**change) != key()

    def test_it_stays_with_another_thread_count(self, key, monkeypatch):
        before = key()
        monkeypatch.setenv("ZSR_THREADS", "1")
        assert key() == before  # how many chapters run at a time decides that, and the gate watches what it moves


def test_files_that_a_chapter_names_count(tmp_path):
    inside = tmp_path / "book" / "records" / "a.json"
    inside.parent.mkdir(parents=True)
    inside.write_text("{}")
    (tmp_path / "outside.json").write_text("{}")
    code = 'read("records")\nread("records/a.json")\nread("../outside.json")\nplot("a/b")\nbook = "records/"'
    assert named_files(code, tmp_path / "book") == [inside]


def test_the_data_fingerprint_moves_with_any_file(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.jpg").write_bytes(b"1")
    before = data_fingerprint(tmp_path)
    assert before == data_fingerprint(tmp_path)
    (tmp_path / "a" / "x.jpg").write_bytes(b"22")
    assert data_fingerprint(tmp_path) != before
    assert data_fingerprint(None) == "generated"


def test_what_is_behind_a_link_counts_and_loops_and_dead_links_do_no_harm(tmp_path):
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    root.mkdir()
    elsewhere.mkdir()
    (elsewhere / "x.jpg").write_bytes(b"1")
    (root / "linked").symlink_to(elsewhere)
    (root / "loop").symlink_to(root)
    (root / "dead").symlink_to(tmp_path / "nowhere")
    before = data_fingerprint(root)
    (elsewhere / "x.jpg").write_bytes(b"22")
    assert data_fingerprint(root) != before
