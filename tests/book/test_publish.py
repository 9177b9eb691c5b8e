import hashlib
import shutil
import tarfile

import nbformat
import pytest

from tests.book.conftest import make_checkout
from zsr_lib.book.bless import bless_chapters
from zsr_lib.book.build import Order, execute_chapters
from zsr_lib.book.project import Project
from zsr_lib.book.publish import export_notebooks, make_release
from zsr_lib.errors import ZsrError

pytestmark = pytest.mark.xdist_group("publish")


@pytest.fixture(scope="module")
def blessed(tmp_path_factory):
    """The small book, executed and blessed once; each test works on a copy."""
    small = make_checkout(tmp_path_factory.mktemp("blessed"))
    execute_chapters(small, Order(), lambda _: None)
    bless_chapters(small, small.chapters(), "quick", "first numbers", say=lambda _: None)
    (small.build / "html").mkdir()
    (small.build / "html" / "index.html").write_text("<p>page</p>")
    (small.build / "pages.json").write_text('{"key": "", "source": "generated-quick"}')
    for name in ("environment.yml", "CITATION.cff", "book/package-lock.json"):
        (small.root / name).write_text(name)
    return small


@pytest.fixture
def built(blessed, tmp_path):
    return Project(shutil.copytree(blessed.root, tmp_path / "copy"))


def test_exported_notebooks_install_the_library_where_it_is_missing(built, tmp_path):
    (path,) = export_notebooks(built, "generated-quick", "https://example.org/book", "abc123", tmp_path / "out")
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[0].source == "# A small chapter"
    assert 'install --quiet "zsr-lib[book,search] @ git+https://example.org/book@abc123"' in notebook.cells[1].source
    assert "abc123" in (tmp_path / "out" / "binder" / "requirements.txt").read_text()


def test_a_release_can_be_verified(built, tmp_path):
    *files, sums = make_release(built, "generated-quick", tmp_path / "out")
    listed = dict(reversed(line.split("  ")) for line in sums.read_text().splitlines())
    assert listed == {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    with tarfile.open(tmp_path / "out" / "html.tar.gz") as archive:
        assert "html/index.html" in archive.getnames()
    with tarfile.open(tmp_path / "out" / "notebooks.tar.gz") as archive:
        assert "notebooks/01_small.ipynb" in archive.getnames()


def test_nothing_is_released_before_it_is_built(small, tmp_path):
    with pytest.raises(ZsrError, match="run 'zsr book build' first"):
        make_release(small, "generated-quick", tmp_path / "out")


def test_a_number_that_moved_or_pages_of_other_data_are_not_released(built, tmp_path):
    (built.build / "pages.json").write_text('{"key": "", "source": "real-quick"}')
    with pytest.raises(ZsrError, match="no pages of generated-quick"):
        make_release(built, "generated-quick", tmp_path / "out")
    (built.build / "pages.json").write_text('{"key": "", "source": "generated-quick"}')
    (built.root / "reported" / "generated-quick" / "01_small.yaml").unlink()
    with pytest.raises(ZsrError, match="the gate is red"):
        make_release(built, "generated-quick", tmp_path / "out")


def test_archives_do_not_say_who_built_them(built, tmp_path):
    make_release(built, "generated-quick", tmp_path / "out")
    with tarfile.open(tmp_path / "out" / "html.tar.gz") as archive:
        assert {(member.uname, member.uid, member.mtime) for member in archive} == {("", 0, 0)}
