import json
from dataclasses import replace

import numpy as np
import pytest

from zsr_lib.errors import BadFileError, UnknownNameError
from zsr_lib.files import sha256_of
from zsr_lib.reporting.record import Provenance
from zsr_lib.reporting.run_record import (
    PER_QUERY,
    RECORD,
    Published,
    RunRecord,
    keep_record,
    read_record,
    read_records,
    write_per_query,
    write_record,
)


def written(folder, **changes):
    folder.mkdir(parents=True)
    write_per_query(folder, {"sketch→photo": {"ids": np.array(["a", "b"]), "P@100/k": np.array([0.5, np.nan])}})
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
        "published": (Published(0.5, "mAP", "p"),),
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
    (tmp_path / "e" / "s").mkdir()
    write_record(both, tmp_path / "e" / "s")
    assert read_record(tmp_path / "e" / "s") == both
    assert both.named_numbers == {"seconds": record.seconds["fit"], "pretext accuracy": 0.5}
    kept = read_record(keep_record(read_record(tmp_path / "e" / "s"), tmp_path / "kept"))
    assert kept.measures == both.measures


def test_records_are_found_two_folders_deep_without_unfinished_ones(tmp_path):
    for name in ("b/2", "a/1", "b/1", "a/0.part"):
        written(tmp_path / name)
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
    assert [path.name for path in folder.iterdir()] == [RECORD]
    assert kept.history == {}
    assert (kept.results, kept.setting, kept.provenance) == (record.results, record.setting, record.provenance)
