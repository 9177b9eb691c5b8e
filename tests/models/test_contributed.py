"""What CONTRIBUTING.md shows as a complete system is one."""

import re
from pathlib import Path

import pytest

from tests.models.conftest import spoilt
from tests.models.contract import CONTRACT, Fitted
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
def test_it_keeps_the_contract(task, tmp_path):
    poisoned = spoilt(task, task.unseen)
    made = Fitted("ridge", {"features": {"backbone": "hog", "size": 64}}, 0.05, task, poisoned)
    for holds in CONTRACT:
        holds(made, tmp_path / holds.__name__)
