"""What CONTRIBUTING.md shows as a complete system is one."""

import re
from pathlib import Path

import pytest

from zsr_lib.models import registry

TEXT = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
CODE = next(block for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL) if "FeatureMethod" in block)


@pytest.fixture
def _registered(monkeypatch):
    monkeypatch.setattr(registry, "METHODS", dict(registry.METHODS))
    monkeypatch.setattr(registry, "_FOUND", dict(registry._FOUND))
    exec(compile(CODE, "CONTRIBUTING.md", "exec"), {"__name__": "contributed"})


def test_it_is_short():
    assert len(CODE.splitlines()) <= 60


@pytest.mark.usefixtures("_registered")
def test_it_learns_saves_and_touches_no_unseen_class(check_method):
    check_method("ridge", {"features": {"backbone": "hog", "size": 64}}, margin=0.05)
