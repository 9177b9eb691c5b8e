import pytest

from zsr_lib.book.vendored import OWN, PACKAGES, installed, vendor
from zsr_lib.errors import ZsrError


@pytest.fixture
def ready(small):
    """A checkout in which every part of every package is a file that holds its name."""
    for package in PACKAGES:
        folder = small.root / "book" / "node_modules" / package.name / package.folder
        for part in (*package.parts, "unused.js"):
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            (folder / part).write_text(part)
    return small


def test_only_what_pages_ask_for_is_copied(ready, tmp_path):
    vendor(ready, tmp_path / "static")
    copied = {path.relative_to(tmp_path / "static").as_posix() for path in (tmp_path / "static").rglob("*.*js")}
    runtime = {"onnxruntime-web/ort.wasm.min.mjs", "onnxruntime-web/ort-wasm-simd-threaded.mjs"}
    assert copied == {"sortable-tablesort/sortable.min.js"} | runtime
    assert (tmp_path / "static" / "katex" / "fonts").read_text() == "fonts"


def test_the_books_own_scripts_are_copied(ready, tmp_path):
    (ready.root / "book" / OWN).mkdir()
    (ready.root / "book" / OWN / "page.js").write_text("1;")
    vendor(ready, tmp_path / "static")
    assert (tmp_path / "static" / "book" / "page.js").read_text() == "1;"
    assert "class SketchPad" in (tmp_path / "static" / "book" / "sketch_pad.js").read_text()


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_missing_package_is_named_with_what_to_run(small, package):
    with pytest.raises(ZsrError, match=rf"{package.name} is not installed[\s\S]*make setup"):
        installed(small, package)
