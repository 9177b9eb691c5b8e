import re
import sys
from pathlib import Path

import pytest

from zsr_lib.cli import main
from zsr_lib.errors import BadFileError, DataNotFoundError
from zsr_lib.experiments.plugins import load_plugin
from zsr_lib.experiments.tables_cli import described
from zsr_lib.files import sha256_of
from zsr_lib.models import registry
from zsr_lib.reporting.run_record import read_records

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"


def test_the_example_in_contributing_runs_as_a_plugin(tmp_path, write, dataset, monkeypatch):
    monkeypatch.setenv("TQDM_DISABLE", "1")
    example = re.search(r"```python\n(.*?)```", CONTRIBUTING.read_text(), re.DOTALL)
    (tmp_path / "ridge.py").write_text(example[1])
    features = {"features": {"backbone": "pixels"}}
    experiment = write(method="ridge", config=features, splits=["eoc-sample-5"], seeds=[0])
    plugin, runs = str(tmp_path / "ridge.py"), str(tmp_path / "runs")
    with pytest.raises(SystemExit) as done:
        main(["run", str(experiment), "--plugin", plugin, "--runs", runs])
    assert not done.value.code
    (record,) = read_records(tmp_path / "runs")
    assert record.setting["method"] == "ridge"
    assert record.audit["label"] == "clean"
    assert record.provenance.code["plugin ridge.py"] == sha256_of(tmp_path / "ridge.py")
    assert ", plugin ridge.py " in described(record)


def test_a_module_is_a_plugin_too(tmp_path, monkeypatch):
    (tmp_path / "some_systems.py").write_text("from zsr_lib.models.registry import METHODS\nMETHODS['other'] = 'x:Y'\n")
    monkeypatch.syspath_prepend(tmp_path)
    load_plugin("some_systems")
    assert registry.METHODS["other"] == "x:Y"
    sys.modules.pop("some_systems")


@pytest.mark.parametrize("name", ["nothing.py", "no_such_module_here", "no_such.module", ""])
def test_what_is_not_there_is_named(name):
    with pytest.raises(DataNotFoundError, match=f"no plugin {name}"):
        load_plugin(name)


def test_an_error_inside_is_told_without_a_traceback(tmp_path):
    (tmp_path / "bad.py").write_text("1 / 0")
    with pytest.raises(BadFileError, match="raised ZeroDivisionError: division by zero"):
        load_plugin(str(tmp_path / "bad.py"))
