import json
import os
import re

import pytest

from zsr_lib.cli import main
from zsr_lib.reporting.run_record import read_records


@pytest.fixture(autouse=True)
def _quiet(monkeypatch, dataset):
    monkeypatch.setenv("TQDM_DISABLE", "1")


@pytest.fixture
def zsr(tmp_path, capsys):
    def called(command, *arguments):
        with pytest.raises(SystemExit) as done:
            main([command, *map(str, arguments), "--runs", str(tmp_path / "runs")])
        found = capsys.readouterr()
        return done.value.code or 0, found.out, found.err

    return called


def test_run_table_show(zsr, write, tmp_path):
    groups = {"four": ["eoc-sample-4-airplane-seen", "eoc-sample-4-runway-seen"], "five": ["eoc-sample-5"]}
    status, out, _ = zsr("run", write(groups=groups))
    assert status == 0
    assert out.count("made ") == 6
    assert "four: eoc-sample-4-airplane-seen, eoc-sample-4-runway-seen; 16 queries against 24" in out
    status, out, _ = zsr("run", write(groups=groups), "--seeds", "1,2")
    assert (out.count("kept "), out.count("made ")) == (3, 3)
    status, out, _ = zsr("table", "colours", "--metric", "AP@all/std", "--direction", "sketch->photo")
    assert status == 0
    row = next(line for line in out.splitlines() if line.startswith("colours "))
    assert row.split()[1:3] == ["euclidean", "9"]
    records = read_records(tmp_path / "runs")
    assert len(records) == 9
    for name in (records[0].folder, records[0].folder.name[-12:]):
        status, out, _ = zsr("show", name)
        assert status == 0
        assert records[0].folder.name in out


def test_json_can_be_read(zsr, write, tmp_path):
    status, out, _ = zsr("run", write(), "--seeds", "0", "--json")
    told = json.loads(out)
    assert status == 0
    assert {each["state"] for each in told["cells"]} == {"made"}
    assert len(told["records"]) == 3
    _, out, _ = zsr("table", "--json")
    table = json.loads(out)["tables"][0]
    value = table["rows"][0]["values"]["mean of 3 splits"]["AP@all/std"]
    found = [each["results"]["sketch→photo"]["metrics"]["AP@all/std"] for each in told["records"]]
    assert value["mean"] == pytest.approx(sum(found) / 3)
    assert value["sd_seeds"] is None
    _, out, _ = zsr("show", "eoc-sample-5", "--json")
    assert json.loads(out) in told["records"]


def test_a_data_set_has_its_tables_and_what_others_published(zsr, write):
    zsr("run", write(), "--seeds", "0")
    status, out, _ = zsr("table", "eoc", "--direction", "photo->photo")
    assert status == 0
    ours, theirs = out.split("published · eoc · photo→photo")
    assert "0.839" not in ours
    assert [line.split()[0] for line in theirs.splitlines() if "Table 2" in line] == ["ZSEoC-300", "ZSEoC-300"]
    assert "[7] " in theirs
    assert "published ·" not in zsr("table", "colours")[1]


def test_a_failure_has_status_1_and_is_told_once_with_its_cells(zsr, write):
    path = write(variants={"fine": {}, "leaks": {"config": {"leak": "yes"}}}, splits=["eoc-sample-5"])
    status, out, err = zsr("run", path)
    assert status == 1
    assert out.count("made ") == 2
    assert err.count("not zero-shot") == 1
    assert "colours (leaks), eoc-sample-5, seed 0\n" in err
    assert "colours (leaks), eoc-sample-5, seed 1\n" in err
    status, out, _ = zsr("run", path, "--json")
    assert status == 1
    assert [each["state"] for each in json.loads(out)["cells"]] == ["kept"] * 2 + ["failed"] * 2


def test_a_table_names_failed_cells_even_if_nothing_else_is_there(zsr, write):
    zsr("run", write(config={"leak": "yes"}, splits=["eoc-sample-5"]))
    status, out, _ = zsr("table")
    assert status == 0
    assert out.count("failed, so not in a mean: colours, eoc-sample-5, seed ") == 2
    _, out, _ = zsr("table", "colours", "--json")
    assert [each["experiment"] for each in json.loads(out)["failed"]] == ["colours"] * 2
    assert "did you mean colours" in zsr("table", "colors")[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "config.step=1"], "did you mean steps"),
        (["--set", "seeds"], "assigns nothing"),
        (["--seeds", "0;1"], "--seeds"),
        (["--device", "warp"], "warp"),
        (["--data", "nowhere"], "not a folder"),
    ],
)
def test_bad_arguments_have_status_2_and_run_nothing(zsr, write, tmp_path, arguments, said):
    status, _, err = zsr("run", write(), *arguments)
    assert status == 2
    assert said in err
    assert not (tmp_path / "runs").exists()


def test_the_data_root_is_seen_by_everything_that_runs(zsr, write, tmp_path, monkeypatch):
    monkeypatch.setenv("ZSR_DATA", "")
    zsr("run", write(), "--seeds", "0", "--data", tmp_path)
    assert os.environ["ZSR_DATA"] == str(tmp_path)


def test_tables_of_nothing_and_of_unknown_names(zsr, write):
    status, _, err = zsr("table")
    assert status == 2
    assert "zsr run" in err
    zsr("run", write(), "--seeds", "0")
    assert "did you mean colours" in zsr("table", "colors")[2]
    assert "several metrics" in zsr("table", "--metric", "mAP")[2]
    assert "3 runs have 'eoc' in their names" in zsr("show", "eoc")[2]
    assert zsr("show", "elsewhere")[0] == 2


@pytest.mark.parametrize("command", ["run", "table", "show"])
def test_help_has_examples(zsr, command):
    assert f"    zsr {command} " in zsr(command, "--help")[1]


def test_a_run_is_rescored_without_training(zsr, write, tmp_path, colour):
    zsr("run", write(splits=["eoc-sample-5"], seeds=[0], directions=["sketch→photo"]))
    (first,) = read_records(tmp_path / "runs")
    status, out, _ = zsr("rescore", "sample-5", "--set", "retrieval.rerank=10", "--set", "directions=[photo->sketch]")
    assert status == 0
    assert "eoc · photo→sketch; zero-shot" in out
    second = next(each for each in read_records(tmp_path / "runs") if each != first)
    assert len(colour.fitted_from) == 1
    status, out, _ = zsr("show", second.folder)
    assert f"trained in  {first.folder.name}" in out
    assert "first 10 re-ranked" in out
    former = zsr("show", first.folder)[1]
    identity = [re.search(r"training (\w+), scoring (\w+)", text).groups() for text in (former, out)]
    assert identity[0][0] == identity[1][0]
    assert identity[0][1] != identity[1][1]
    status, _, err = zsr("rescore", first.folder, "--set", "config.noise=1")
    assert status == 2
    assert "change metrics, directions, retrieval here" in err
    status, out, _ = zsr("rescore", first.folder, second.folder, "--json")
    assert [each["results"] for each in json.loads(out)["records"]] == [first.results, second.results]


def test_a_measure_of_the_fit_is_a_column(zsr, write, tmp_path):
    zsr("run", write(splits=["eoc-sample-5"]))
    numbers = [record.measures["colours"] for record in read_records(tmp_path / "runs")]
    status, out, _ = zsr("table", "--measure", "colours", "--metric", "P@5/k", "--direction", "sketch->photo", "--json")
    (row,) = json.loads(out)["tables"][0]["rows"]
    assert status == 0
    assert row["values"]["eoc-sample-5"]["colours"]["mean"] == pytest.approx(sum(numbers) / 2)
    assert list(row["values"]["eoc-sample-5"]) == ["P@5/k", "colours"]
    zsr("table", "--keep", tmp_path / "kept")
    assert [record.measures["colours"] for record in read_records(tmp_path / "kept")] == numbers
    status, _, err = zsr("table", "--measure", "colors")
    assert (status, "did you mean colours" in err) == (2, True)
    assert "seconds" in zsr("table", "--measure", "seconds")[1]
