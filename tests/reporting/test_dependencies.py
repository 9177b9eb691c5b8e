import pytest

from zsr_lib.reporting.dependencies import imported_modules, library_files


@pytest.fixture
def library(tmp_path):
    """a uses b inside a function; c is used by nobody; the package d has a member and a data file."""
    files = {
        "__init__.py": "",
        "room/__init__.py": "",
        "room/a.py": "def f():\n    from zsr_lib.room import b\n",
        "room/b.py": "X = 1\n",
        "room/c.py": "",
        "room/lazy.py": 'TABLE = {"x": "zsr_lib.room.c:thing"}\n',
        "room/d/__init__.py": "",
        "room/d/member.py": "",
        "room/d/list.txt": "one\n",
    }
    for name, text in files.items():
        path = tmp_path / "zsr_lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "zsr_lib"


def names(code, library):
    return {str(path.relative_to(library)) for path in library_files(code, library)} - {
        "__init__.py",
        "room/__init__.py",
    }


def test_imports_are_found_wherever_they_are():
    assert imported_modules("import zsr_lib.x\ndef f():\n    from zsr_lib.y import z\nimport numpy") == {
        "zsr_lib.x", "zsr_lib.y", "zsr_lib.y.z"}  # fmt: skip


def test_dependencies_are_followed(library):
    assert names("from zsr_lib.room.a import f", library) == {"room/a.py", "room/b.py"}


def test_a_lazy_table_counts_as_use(library):
    assert names("import zsr_lib.room.lazy", library) == {"room/lazy.py", "room/c.py"}


def test_a_package_brings_its_members_and_its_data(library):
    assert names("from zsr_lib.room.d import member", library) == {
        "room/d/__init__.py",
        "room/d/member.py",
        "room/d/list.txt",
    }


def test_what_a_registry_lists_counts_for_nothing_unless_it_is_imported(library):
    apart = {"zsr_lib.room.c"}
    assert {path.name for path in library_files("import zsr_lib.room.lazy", library, apart)} == {"lazy.py"}
    wanted = "import zsr_lib.room.lazy, zsr_lib.room.c"
    assert {path.name for path in library_files(wanted, library, apart)} == {"lazy.py", "c.py"}
