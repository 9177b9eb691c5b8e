"""`make lab`: a text notebook opens as a notebook with a double click."""

import shutil
from pathlib import Path

import pytest

from tests.lab import jupyter_lab

pytestmark = [pytest.mark.browser, pytest.mark.lab, pytest.mark.xdist_group("lab")]

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def lab(tmp_path):
    """JupyterLab on a folder with one chapter."""
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / "01_sketches_and_aerial_photos.md", tmp_path / "notebooks" / "chapter.md")
    with jupyter_lab(tmp_path) as address:
        yield address


def test_a_text_notebook_opens_as_a_notebook(lab, chrome):
    page = chrome.new_page()
    page.goto(lab.replace("/lab?", "/lab/tree/notebooks?"))
    page.wait_for_selector(".jp-DirListing-item", timeout=120_000)
    page.dblclick(".jp-DirListing-item:has-text('chapter.md')")
    # Cells are filled in as they come into view; the first code cell is the one with the parameters.
    cell = page.locator(".jp-NotebookPanel .jp-CodeCell", has_text="profile").first
    cell.wait_for(timeout=120_000)
    assert "quick" in cell.inner_text()
