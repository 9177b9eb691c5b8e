import subprocess

import pytest

from zsr_lib.reporting.gate import NEEDED
from zsr_lib.reporting.record import LIBRARIES, Provenance, commit, library_checksum


def test_provenance_has_all_that_the_gate_needs():
    record = Provenance.now({"eoc": "aa"}).as_dict()
    assert all(record[name] for name in NEEDED)
    assert set(LIBRARIES) < set(record["versions"])


def test_the_library_is_named_by_its_sources():
    assert library_checksum() == library_checksum()
    assert len(library_checksum()) == 64


@pytest.mark.parametrize(("changed", "expected"), [("reported/a.yaml", ""), ("zsr_lib/a.py", "-dirty")])
def test_only_code_makes_a_commit_dirty(monkeypatch, tmp_path, changed, expected):
    def git(*arguments):
        identity = ["-c", "user.name=t", "-c", "user.email=t@t.invalid"]
        return subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True)

    for folder in ("reported", "zsr_lib"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text("")
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    monkeypatch.setattr("zsr_lib.__file__", str(tmp_path / "zsr_lib" / "__init__.py"))
    (tmp_path / changed).write_text("changed = True\n")
    assert commit() == git("rev-parse", "--short=12", "HEAD").stdout.strip() + expected


def test_a_run_on_the_processor_says_so_wherever_it_is():
    assert Provenance.now({}, "cpu").device.startswith("CPU (")
