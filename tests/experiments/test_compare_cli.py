import json

import numpy as np
import pytest

from zsr_lib.cli import main
from zsr_lib.experiments.run_cell import run_cell
from zsr_lib.experiments.tables_cli import keep_record

SPLIT = {"splits": ["eoc-sample-5"], "seeds": [0], "metrics": ["AP@all/std", "P@5/k"]}


@pytest.fixture
def zsr(capsys):
    def called(*arguments):
        with pytest.raises(SystemExit) as done:
            main(["compare", *map(str, arguments)])
        found = capsys.readouterr()
        return done.value.code or 0, found.out, found.err

    return called


@pytest.fixture
def two(cells, shelf, where):
    return [run_cell(cells(config={"noise": noise}, **SPLIT)[0], shelf, where)[0] for noise in (0.0, 2.0)]


def test_two_runs_are_compared_query_by_query(zsr, two):
    status, out, _ = zsr(two[0].folder, two[1].folder, "--json")
    assert status == 0
    found = json.loads(out)["metrics"]
    assert list(found) == ["AP@all/std", "P@5/k"]
    values = [run.per_query("sketch→photo") for run in two]
    assert values[0]["ids"].tolist() == values[1]["ids"].tolist()
    for metric, told in found.items():
        assert told["first"] == pytest.approx(two[0].results["sketch→photo"]["metrics"][metric])
        assert told["difference"] == pytest.approx(np.mean(values[0][metric] - values[1][metric]))
        assert told["queries"] == 20


def test_runs_that_are_kept_can_be_compared_and_with_themselves_differ_by_nothing(zsr, two, tmp_path):
    kept = keep_record(two[0], tmp_path / "kept")
    status, out, _ = zsr(two[0].folder, kept, "--direction", "photo->photo", "--metric", "P@5/k", "--json")
    assert status == 0
    ((metric, told),) = json.loads(out)["metrics"].items()
    assert metric == "P@5/k"
    assert told["difference"] == pytest.approx(0, abs=1e-7)
    status, out, _ = zsr(two[0].folder, kept, "--clusters", "class")
    assert "colours/eoc-sample-5-seed0" in out


def test_runs_on_other_queries_or_with_other_metrics_are_refused(zsr, two, cells, shelf, where):
    other = run_cell(cells(**SPLIT | {"splits": ["eoc-sample-4-runway-seen"]})[0], shelf, where)[0]
    status, _, err = zsr(two[0].folder, other.folder)
    assert status == 2
    assert "asked other queries" in err
    status, _, err = zsr(two[0].folder, two[1].folder, "--metric", "P@7/k")
    assert status == 2
    assert "no P@7/k in common" in err
    assert "AP@all/std, P@5/k" in err


def test_a_run_that_was_edited_or_kept_without_values_is_refused(zsr, two):
    (two[1].folder / "per_query.npz").write_bytes((two[0].folder / "per_query.npz").read_bytes())
    status, _, err = zsr(two[0].folder, two[1].folder)
    assert status == 2
    assert "is not what the run wrote" in err


def test_runs_are_named_by_any_part_of_their_folders_names(zsr, two, where):
    parts = [run.folder.name.rpartition("-")[2] for run in two]
    status, out, _ = zsr(*parts, "--runs", where.runs)
    assert status == 0
    assert all(f"({run.variant})" in out for run in two)
