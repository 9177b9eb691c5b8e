import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from zsr_lib.errors import BadFileError, UnknownNameError
from zsr_lib.evaluation.bootstrap import interval
from zsr_lib.experiments.tables_cli import keep_record
from zsr_lib.files import sha256_of
from zsr_lib.reporting.per_query import PER_QUERY, SHARED, write_per_query
from zsr_lib.reporting.published.number import Listed
from zsr_lib.reporting.record import Provenance
from zsr_lib.reporting.run_record import RECORD, RunRecord, read_record, read_records, write_record
from zsr_lib.reporting.seals import SEAL

REPORTED = Path(__file__).parents[2] / "reported" / "runs"


def written(folder, scores=(0.5, np.nan), **changes):
    folder.mkdir(parents=True)
    who = {"ids": np.array(["a", "b"]), "labels": np.array(["runway", "bridge"])}
    write_per_query(folder, {"sketch→photo": who | {"P@100/k": np.array(scores)}})
    values = {
        "format": 1,
        "experiment": folder.parent.name,
        "title": "Größe",
        "profile": "quick",
        "overrides": ("a=1",),
        "point": {"config.margin": 0.5},
        "variant": "v",
        "split": "s",
        "seed": 3,
        "setting": {"method": "m"},
        "groups": {"g": ("s",)},
        "published": (Listed(0.5, "mAP", "p"),),
        "task": {"dataset": "eoc", "dataset_checksum": "c"},
        "method": {"about": {"mean": np.float32(0.5), "axis": np.arange(2)}},
        "results": {"sketch→photo": {"metrics": {"P@100/k": 0.5}}},
        "audit": {"label": "clean"},
        "provenance": Provenance({"commit": "1", "library": "l"}, {"eoc": "c"}, "CPU", 2, {}),
        "seconds": {"fit": 1.0},
        "history": {"steps": [{"total": float("nan")}]},
        "files": {PER_QUERY: sha256_of(folder / PER_QUERY)},
        "finished": "2026-01-01",
    }
    record = RunRecord(**values | changes)
    write_record(record, folder)
    return record


def test_what_is_written_is_read(tmp_path):
    record = written(tmp_path / "e" / "r")
    again = read_record(tmp_path / "e" / "r")
    for name in ("title", "overrides", "point", "groups", "published", "provenance", "seed", "results"):
        assert getattr(again, name) == getattr(record, name)
    assert again.folder == tmp_path / "e" / "r"
    assert (again.dataset, again.dataset_checksum) == ("eoc", "c")


def test_the_file_is_plain_json(tmp_path):
    written(tmp_path / "e" / "r")

    def refuse(name):
        raise AssertionError(name)

    found = json.loads((tmp_path / "e" / "r" / RECORD).read_text(), parse_constant=refuse)
    assert found["method"]["about"] == {"mean": 0.5, "axis": [0, 1]}
    assert found["history"]["steps"][0]["total"] is None
    assert "folder" not in found


def test_values_of_queries_come_back_as_they_were(tmp_path):
    written(tmp_path / "e" / "r")
    values = read_record(tmp_path / "e" / "r").per_query("sketch→photo")
    assert values["ids"].tolist() == ["a", "b"]
    np.testing.assert_array_equal(values["P@100/k"], [0.5, np.nan])
    with pytest.raises(UnknownNameError):
        read_record(tmp_path / "e" / "r").per_query("photo→photo")


def test_values_that_were_changed_are_not_read(tmp_path):
    folder = tmp_path / "e" / "r"
    written(folder)
    write_per_query(folder, {"sketch→photo": {"P@100/k": np.ones(2)}})
    with pytest.raises(BadFileError, match=PER_QUERY):
        read_record(folder).per_query("sketch→photo")


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "[]",
        lambda text: text.replace('"seed": 3', '"seed": "three"'),
        lambda text: text.replace('"seed": 3', '"sead": 3'),
        lambda text: text.replace('"format": 1', '"format": 2'),
        lambda text: text.replace('"seed": 3,', ""),
    ],
)
def test_a_damaged_or_newer_record_is_named(tmp_path, damage):
    written(tmp_path / "e" / "r")
    path = tmp_path / "e" / "r" / RECORD
    path.write_text(damage(path.read_text()))
    with pytest.raises(BadFileError, match=RECORD):
        read_records(tmp_path)


def edited(path, **changes):
    """Changes a record as somebody would in an editor."""
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"results": {"sketch→photo": {"metrics": {"P@100/k": 0.6}}}},
        {"audit": {"label": "legacy"}},
        {"split": "another"},
        {"files": {}},
        {"finished": "2026-01-02"},
        {SEAL: "0" * 64},
        {SEAL: None},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_edited_record_is_refused(tmp_path, changes):
    written(tmp_path / "e" / "r")
    edited(tmp_path / "e" / "r" / RECORD, **changes)
    with pytest.raises(BadFileError, match=r"its seal does not fit[\s\S]*run it again"):
        read_records(tmp_path)


def test_a_run_that_lies_there_twice_is_refused(tmp_path):
    written(tmp_path / "e" / "r")
    shutil.copytree(tmp_path / "e" / "r", tmp_path / "e" / "another-seed")
    with pytest.raises(BadFileError, match=r"e/r is a copy of .*e/another-seed"):
        read_records(tmp_path)


def test_a_record_without_a_seal_is_refused(tmp_path):
    written(tmp_path / "e" / "r")
    path = tmp_path / "e" / "r" / RECORD
    path.write_text(json.dumps({key: value for key, value in json.loads(path.read_text()).items() if key != SEAL}))
    with pytest.raises(BadFileError, match="its seal is missing"):
        read_record(path.parent)


def test_the_layout_of_a_record_does_not_break_its_seal(tmp_path):
    record = written(tmp_path / "e" / "r")
    path = tmp_path / "e" / "r" / RECORD
    path.write_text(json.dumps(dict(reversed(json.loads(path.read_text()).items())), indent=4))
    assert read_record(path.parent).results == record.results


def test_every_record_that_is_reported_has_its_seal():
    records = read_records(REPORTED)
    assert len(records) >= 924


@pytest.mark.parametrize(("version", "remedy"), [("0", "of an older version: run it again"), ("2", "update zsr_lib")])
def test_a_record_of_another_format_says_what_to_do(tmp_path, version, remedy):
    written(tmp_path / "e" / "r")
    path = tmp_path / "e" / "r" / RECORD
    path.write_text(path.read_text().replace('"format": 1', f'"format": {version}'))
    with pytest.raises(BadFileError, match=f"has format {version}") as caught:
        read_records(tmp_path)
    assert remedy in caught.value.remedy


def test_measures_and_where_it_was_trained_are_written_only_if_there_are_any(tmp_path):
    record = written(tmp_path / "e" / "r", history={}, method={})
    assert {"measures", "trained"}.isdisjoint(record.as_dict())
    both = replace(record, measures={"pretext accuracy": 0.5}, trained={"run": "x", "code": {}, "finished": "y"})
    shutil.copytree(tmp_path / "e" / "r", tmp_path / "e" / "s")
    write_record(both, tmp_path / "e" / "s")
    assert read_record(tmp_path / "e" / "s") == both
    assert both.named_numbers == {"seconds": record.seconds["fit"], "pretext accuracy": 0.5}
    kept = read_record(keep_record(read_record(tmp_path / "e" / "s"), tmp_path / "kept"))
    assert kept.measures == both.measures


def test_records_are_found_two_folders_deep_without_unfinished_ones(tmp_path):
    for name in ("b/2", "a/1", "b/1", "a/0.part"):
        written(tmp_path / name, finished=name)
    assert [record.folder.relative_to(tmp_path).as_posix() for record in read_records(tmp_path)] == [
        "a/1",
        "b/1",
        "b/2",
    ]
    assert read_records(tmp_path / "nothing") == []


def test_a_kept_record_says_the_same_numbers_without_the_large_parts(tmp_path):
    record = written(tmp_path / "runs" / "experiment" / "run")
    folder = keep_record(read_record(tmp_path / "runs" / "experiment" / "run"), tmp_path / "kept")
    (kept,) = read_records(tmp_path / "kept")
    assert sorted(path.name for path in folder.iterdir()) == [PER_QUERY, RECORD]
    assert kept.history == {}
    assert (kept.results, kept.setting, kept.provenance) == (record.results, record.setting, record.provenance)


def test_intervals_can_be_computed_again_from_what_is_kept(tmp_path):
    scores = np.random.default_rng(0).random(2)
    written(tmp_path / "runs" / "experiment" / "run", scores)
    kept = read_record(keep_record(read_record(tmp_path / "runs" / "experiment" / "run"), tmp_path / "kept"))
    values = kept.per_query("sketch→photo")
    assert values["ids"].tolist() == ["a", "b"]
    assert values["labels"].tolist() == ["runway", "bridge"]
    again, then = interval(values["P@100/k"]), interval(scores)
    assert (again.low, again.high) == pytest.approx((then.low, then.high), abs=1e-7)


def test_runs_on_the_same_queries_share_their_names(tmp_path):
    for number in range(3):
        run = tmp_path / "runs" / f"experiment{number}" / "run"
        written(run)
        keep_record(read_record(run), tmp_path / "kept")
    (shared,) = (tmp_path / "kept" / SHARED).iterdir()
    np.savez_compressed(shared, ids=np.array(["b", "a"]), labels=np.array(["runway", "bridge"]))
    with pytest.raises(BadFileError, match="not what its name says"):
        read_records(tmp_path / "kept")[0].per_query("sketch→photo")


def test_a_record_that_was_kept_without_its_queries_says_so(tmp_path):
    written(tmp_path / "e" / "r", files={})
    kept = read_record(keep_record(read_record(tmp_path / "e" / "r"), tmp_path / "kept"))
    with pytest.raises(BadFileError, match="kept without its queries' values"):
        kept.per_query("sketch→photo")
