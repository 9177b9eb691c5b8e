import shutil
from pathlib import Path

import pytest

import zsr_lib
from zsr_lib.experiments import behind
from zsr_lib.experiments.behind import code_behind


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """A copy of the library's sources."""
    folder = tmp_path_factory.mktemp("copied") / "zsr_lib"
    shutil.copytree(
        Path(zsr_lib.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__", "default_model")
    )
    return folder


@pytest.fixture
def edited(copied, monkeypatch):
    """The checksum of a copied library, in which a file got another line; afterwards it is as it was."""

    def checksum(file="cli.py"):
        path = copied / file
        text = path.read_text()
        path.write_text(text + "\n# another line\n")
        code_behind.cache_clear()
        monkeypatch.setattr(zsr_lib, "__file__", str(copied / "__init__.py"))
        try:
            return code_behind("sae")
        finally:
            path.write_text(text)
            monkeypatch.undo()
            code_behind.cache_clear()

    return checksum


@pytest.mark.parametrize(
    "file",
    ["models/zsl/sae.py", "evaluation/average_precision.py", "data/sets/earth_on_canvas.py", "experiments/scoring.py"],
)
def test_it_moves_with_what_a_run_depends_on(edited, file):
    assert edited(file) != edited()


@pytest.mark.parametrize(
    "file",
    [
        "models/remote_sensing/zseoc_plus.py",
        "models/remote_sensing/zscmr.py",
        "book/annotate.py",
        "search/api.py",
        "experiments/table.py",
    ],
)
def test_it_stays_when_something_else_is_edited(edited, file):
    assert edited(file) == edited()


def test_another_system_has_other_code():
    assert code_behind("zscmr") != code_behind("sae")


def test_a_system_from_outside_counts_with_its_file(tmp_path, monkeypatch):
    from zsr_lib.models.registry import register
    from zsr_lib.models.zsl.sae import Sae

    class Mine(Sae):
        pass

    module = type("Module", (), {"__file__": str(tmp_path / "mine.py")})
    monkeypatch.setitem(behind.sys.modules, "mine", module)
    Mine.__module__ = "mine"
    register("mine", Mine)
    sums = []
    for text in ("one", "two"):
        (tmp_path / "mine.py").write_text(text)
        code_behind.cache_clear()
        sums.append(code_behind("mine"))
    assert sums[0] != sums[1]
