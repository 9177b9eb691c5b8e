import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from zsr_lib.book.project import Project
from zsr_lib.errors import BadFileError
from zsr_lib.reporting.per_query import keep_per_query
from zsr_lib.reporting.run_record import RECORD, read_record, read_records
from zsr_lib.reporting.sound import check_sound

STORED = Project.find(Path(__file__).parent).root / "reported" / "runs"
VALUES = np.array([0.2, 0.4, 0.9, 0.7])


@pytest.fixture
def honest(tmp_path):
    """A stored record's frame, with results on two classes with two queries each, and their values beside it."""
    report = {
        "metrics": {"AP@all/std": 0.55},
        "macro": {"AP@all/std": 0.55},
        "per_class": {"AP@all/std": {"river": 0.3, "runway": 0.8}},
        "chance": {"AP@all/std": 0.5},
        "oracle": {"AP@all/std": 1.0},
        "protocol": {"setting": "zero-shot", "relevance": "class", "no_relevant": "error", "queries_counted": 4},
    }
    task = {"dataset": "eoc", "dataset_checksum": "c", "split": "a", "classes": {"unseen": ["river", "runway"]}}

    frame = read_record(next(STORED.glob(f"*/*/{RECORD}")).parent)

    def made(values=VALUES, asked=("AP@all/std",), **changes):
        labels = np.array(["river", "river", "runway", "runway"])
        kept = {"sketch→photo": {"ids": np.arange(4).astype(str), "labels": labels, "AP@all/std": values}}
        folder = tmp_path / "e" / "run"
        files = {"per_query.npz": keep_per_query(kept, folder)}
        report_now = report | changes
        setting = {"metrics": list(asked), "directions": ["sketch→photo"]}
        audit = {"label": "clean", "leaks": [], "parts": [{"name": "x", "classes": ["tree"], "items": 0}]}
        results = {"sketch→photo": report_now}
        found = replace(frame, results=results, task=task, files=files, setting=setting, audit=audit)
        object.__setattr__(found, "folder", folder)
        return found

    return made


def test_an_honest_record_is_sound(honest):
    check_sound(honest())
    check_sound(replace(honest(), files={}))  # one of before queries' values were kept


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"metrics": {"AP@all/std": 0.56}}, "the mean of its queries 0.55"),
        ({"metrics": {"AP@all/std": 0.85}}, "of classes from 0.3 to 0.8"),
        ({"metrics": {"AP@all/std": 1.5}}, "that can be reached"),
        ({"oracle": {"AP@all/std": 0.5}}, "that can be reached"),
        ({"macro": {"AP@all/std": 0.65}}, "that of its classes 0.55"),
        (
            {"per_class": {"AP@all/std": {"river": 0.4, "runway": 0.9}}, "macro": {"AP@all/std": 0.65}},
            "that of its queries another",
        ),
        ({"per_class": {"AP@all/std": {"river": 0.3, "harbor": 0.8}}}, "harbor is no unseen class"),
    ],
)
def test_what_was_changed_here_and_not_there_is_named(honest, changes, fault):
    with pytest.raises(BadFileError, match=fault):
        check_sound(honest(**changes))


def test_edited_values_of_queries_are_found_although_the_file_was_sealed_anew(honest):
    with pytest.raises(BadFileError, match=r"the mean of its queries 0\.6"):
        check_sound(honest(values=VALUES + np.array([0.2, 0, 0, 0])))
    with pytest.raises(BadFileError, match=r"of river is 0\.3, that of its queries another"):
        check_sound(honest(values=VALUES[[2, 1, 0, 3]]))


def test_a_missing_metric_and_a_query_too_few_are_found(honest):
    protocol = {"setting": "zero-shot", "relevance": "class", "no_relevant": "skip", "queries_counted": 4}
    with pytest.raises(BadFileError, match="3 queries of 4 have a value"):
        check_sound(honest(values=np.array([0.2, 0.4, 0.9, np.nan]), protocol=protocol))
    each = {"per_class": {"P@5/k": {"river": 0.5}}, "macro": {"P@5/k": 0.5}, "oracle": {"P@5/k": 1.0}}
    with pytest.raises(BadFileError, match=r"P@5/k is 0\.5, and its queries' values are missing"):
        check_sound(honest(asked=["P@5/k"], metrics={"P@5/k": 0.5}, **each))


def test_what_nobody_asked_for_is_no_result(honest):
    with pytest.raises(BadFileError, match="AP@all/std of sketch→photo is asked for or measured, but not both"):
        check_sound(honest(asked=["P@5/k"], metrics={"P@5/k": 0.5, "AP@all/std": 0.55}))
    found = honest()
    setting = found.setting | {"directions": ["sketch→photo", "photo→photo"]}
    with pytest.raises(BadFileError, match="photo→photo is asked for"):
        check_sound(replace(found, setting=setting, files={}))


def test_all_stored_records_are_sound():
    records = read_records(STORED)
    assert records
    for record in records:
        check_sound(record)


def test_a_changed_stored_record_is_found():
    record = next(each for each in read_records(STORED) if each.experiment == "eoc-frozen")
    results = json.loads(json.dumps(record.results))
    first = next(iter(results.values()))
    metric = next(iter(first["metrics"]))
    first["per_class"][metric] = dict.fromkeys(first["per_class"][metric], 0.99)
    with pytest.raises(BadFileError, match="contradicts itself"):
        check_sound(replace(record, results=results, files={}))
