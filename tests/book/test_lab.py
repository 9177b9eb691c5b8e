"""`make lab`: a text notebook opens as a notebook with a double click."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("lab")]

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def lab(tmp_path):
    """JupyterLab on a folder with one chapter, with the settings of this environment and none of the user's."""
    binary = Path(sys.executable).with_name("jupyter-lab")
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / "01_sketches_and_aerial_photos.md", tmp_path / "notebooks" / "chapter.md")
    environment = os.environ | {
        "HOME": str(tmp_path / "home"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "home" / "jupyter"),
    }
    command = [binary, "--no-browser", "--ip=127.0.0.1", "--port=0", f"--notebook-dir={tmp_path}"]
    command += ["--allow-root"] if os.geteuid() == 0 else []
    log = tmp_path / "log"
    with log.open("w") as stream:
        server = subprocess.Popen(command, env=environment, stderr=stream)
    try:
        yield _address(log)
    finally:
        server.kill()  # nothing is to be saved, and a kind shutdown waits for kernels
        server.wait()


def _address(log, seconds=120):
    for _ in range(seconds * 5):
        if found := re.search(r"http://127\.0\.0\.1:\d+/lab\?token=\w+", log.read_text()):
            return found.group()
        time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not start: {log.read_text()}")


def test_a_text_notebook_opens_as_a_notebook(lab, chrome):
    page = chrome.new_page()
    page.goto(lab.replace("/lab?", "/lab/tree/notebooks?"))
    page.wait_for_selector(".jp-DirListing-item", timeout=120_000)
    page.dblclick(".jp-DirListing-item:has-text('chapter.md')")
    # Cells are filled in as they come into view; the first code cell is the one with the parameters.
    cell = page.locator(".jp-NotebookPanel .jp-CodeCell", has_text="profile").first
    cell.wait_for(timeout=120_000)
    assert "quick" in cell.inner_text()
