import subprocess
import sys

import pytest

from zsr_lib.features import torchvision_import


def test_models_are_usable_in_a_fresh_interpreter():
    code = (
        "from zsr_lib.features.torchvision_import import import_torchvision as load\n"
        "print(load().models.mobilenet_v2(num_classes=3).classifier[1].out_features)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "3\n"


def test_with_a_matching_pair_nothing_is_declared(monkeypatch):
    monkeypatch.setattr(torchvision_import, "_import", lambda: "module")
    monkeypatch.setattr(torchvision_import, "_declare_operators", lambda: pytest.fail("declared without need"))
    assert torchvision_import.import_torchvision() == "module"


def test_another_failure_is_not_hidden(monkeypatch):
    def fail():
        raise RuntimeError("something else")

    monkeypatch.setattr(torchvision_import, "_import", fail)
    with pytest.raises(RuntimeError, match="something else"):
        torchvision_import.import_torchvision()
