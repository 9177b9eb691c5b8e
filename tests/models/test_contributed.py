"""What CONTRIBUTING.md shows as complete systems are complete systems, one for each base."""

import re
from pathlib import Path

import pytest

from tests.models.conftest import generated_task
from tests.models.shapes import shapes_task
from zsr_lib.experiments.contract import CONTRACT, Asked
from zsr_lib.models import registry

TEXT = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
CODE = {
    found[1]: block
    for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    if (found := re.search(r'register\("(\w+)"', block))
}
HOG = {"features": {"backbone": "hog", "size": 64}}
MARGINS = {"ridge": (HOG, 0.05), "shared": (HOG, 0.02), "patches": ({}, None)}
"""Options, and what is asked above chance: of a network from random weights on four classes nothing."""


@pytest.fixture
def _registered(monkeypatch):
    monkeypatch.setattr(registry, "METHODS", dict(registry.METHODS))
    monkeypatch.setattr(registry, "_FOUND", dict(registry._FOUND))
    for code in CODE.values():
        exec(compile(code, "CONTRIBUTING.md", "exec"), {"__name__": "contributed"})


def test_they_are_short():
    assert CODE.keys() == MARGINS.keys()
    assert max(len(code.splitlines()) for code in CODE.values()) <= 60


@pytest.mark.usefixtures("_registered")
@pytest.mark.parametrize("name", MARGINS)
def test_they_keep_the_contract(name, generated, tmp_path):
    options, margin = MARGINS[name]
    made = Asked(name, options, generated_task(generated) if options else shapes_task(), margin)
    for holds in CONTRACT:
        holds(made, tmp_path / holds.__name__)


def test_the_test_that_it_shows_for_a_file_of_ones_own_passes(monkeypatch, tmp_path, session_cache):
    monkeypatch.setenv("ZSR_CACHE", str(session_cache))
    monkeypatch.setattr(registry, "METHODS", dict(registry.METHODS))
    monkeypatch.setattr(registry, "_FOUND", dict(registry._FOUND))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ridge.py").write_text(CODE["ridge"])
    (shown,) = (block for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL) if "CONTRACT" in block)
    scope = {}
    exec(compile(shown, "CONTRIBUTING.md", "exec"), scope)
    scope["test_it_keeps_the_contract"](tmp_path)
