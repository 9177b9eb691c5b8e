import json
from dataclasses import replace

import numpy as np
import pytest

from zsr_lib.errors import BadFileError
from zsr_lib.experiments.apart import evidence_of
from zsr_lib.experiments.boards import boards_of
from zsr_lib.experiments.credentials import code_of, league_of, parameters_of, pretraining_of, training_of
from zsr_lib.experiments.run_cell import run_cell
from zsr_lib.experiments.tables_cli import keep_record
from zsr_lib.models import registry
from zsr_lib.reporting.per_query import PER_QUERY, keep_per_query
from zsr_lib.reporting.run_record import read_records

SPLITS = ["eoc-sample-4-airplane-seen", "eoc-sample-5"]
AP = ("sketch→photo", "AP@all/std")


@pytest.fixture
def stored(cells, shelf, where, tmp_path):
    """Runs an experiment and keeps its records, as a book stores them."""

    def made(name, **changes):
        changes = {"splits": SPLITS, "groups": {"all-5": ["eoc-sample-5"], "both": SPLITS}} | changes
        for cell in cells(name, **changes):
            keep_record(run_cell(cell, shelf, where)[0], tmp_path / "kept")
        return read_records(tmp_path / "kept")

    return made


def board(boards, name, direction="sketch→photo"):
    return next(each for each in boards if (each.name, each.direction) == (name, direction))


def test_systems_of_several_experiments_meet_on_one_board(stored):
    stored("one")
    records = stored("two", config={"noise": 0.0}, seeds=[0], groups={"five": ["eoc-sample-5"]}, splits=SPLITS[1:])
    boards = boards_of(records)
    assert len(boards) == 8  # two groups of splits in four directions
    five = board(boards, "all-5")
    assert {entry.first.experiment for entry in five.entries} == {"one", "two"}
    assert [entry.first.experiment for entry in board(boards, "both").entries] == ["one"]
    means = [entry.values["AP@all/std"].mean for entry in five.entries]
    assert means == sorted(means, reverse=True)
    assert five.metrics == ("AP@all/std", "P@5/k")
    assert five.chance["AP@all/std"] < five.oracle["AP@all/std"] == 1.0
    assert {number.dataset for number in five.numbers} == {"eoc"}
    assert all(entry.rank and entry.interval and entry.league == 0 for entry in five.entries)


def test_the_parts_of_queries_make_the_number(stored):
    records = stored("one")
    evidence = evidence_of(records, *AP)
    entry = board(boards_of(records), "both").entries[0]
    assert evidence.mean == pytest.approx(entry.values["AP@all/std"].mean)
    assert np.mean(list(evidence.queries.values())) == pytest.approx(evidence.mean, abs=1e-6)
    assert np.mean(list(evidence.seeds.values())) == pytest.approx(evidence.mean)
    low, high = entry.interval
    assert low < evidence.mean < high


def edited(record, **changes):
    """The record as if it were read with these values, from the same folder."""
    found = replace(record, **changes)
    object.__setattr__(found, "folder", record.folder)
    return found


def test_records_without_queries_values_still_rank(stored):
    records = [edited(record, files={}) for record in stored("one")]
    entry = board(boards_of(records), "both").entries[0]
    assert (entry.rank, entry.interval) == ((1, 1), None)


def test_who_has_seen_unseen_classes_takes_no_rank(stored):
    stored("leaky", method="legacy_colour", config={"leak": "yes"}, seeds=[0])
    boards = boards_of(stored("one", seeds=[0]))
    ranks = {entry.audit: entry.rank for entry in board(boards, "all-5").entries}
    assert ranks == {"clean": (1, 1), "legacy": None}


def test_a_system_that_lacks_a_split_is_not_on_the_board_of_the_group(stored):
    records = [record for record in stored("one") if record.split == "eoc-sample-5"]
    assert {each.name for each in boards_of(records)} == {"all-5"}


def test_a_record_that_contradicts_itself_stops_everything(stored):
    records = stored("one", seeds=[0])
    results = json.loads(json.dumps(records[0].results))
    results["sketch→photo"]["metrics"]["AP@all/std"] += 0.001
    with pytest.raises(BadFileError, match="contradicts itself in sketch→photo: AP@all/std"):
        boards_of([edited(records[0], results=results), *records[1:]])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"seed": 7}, "its folder's name does not belong to its setting, split, seed and data"),
        ({"split": "eoc-10-4"}, "its folder's name does not belong"),
        ({"variant": "0123456789ab"}, "its folder's name does not belong"),
    ],
)
def test_a_record_that_is_called_otherwise_is_refused(stored, changes, reason):
    records = stored("one", seeds=[0])
    with pytest.raises(BadFileError, match=reason):
        boards_of([edited(records[0], **changes), *records[1:]])


def test_a_system_that_nobody_has_is_refused(stored):
    records = stored("one", seeds=[0], splits=SPLITS[1:], groups={})
    del registry.METHODS["colour"]
    with pytest.raises(BadFileError, match="'colour' is no system of this library: nobody can repeat it"):
        boards_of(records)


def test_a_run_that_stands_for_two_is_refused(stored):
    first, second, *others = stored("one")
    with pytest.raises(BadFileError, match="it ended in the very moment in which"):
        boards_of([first, edited(second, finished=first.finished), *others])


@pytest.mark.parametrize(
    ("part", "change", "reason"),
    [
        ("chance", {"AP@all/std": 0.9, "P@5/k": 0.9}, "chance of AP@all/std of sketch→photo are not those of"),
        ("protocol", {"gallery": 3}, "the numbers of queries and gallery items"),
    ],
)
def test_another_test_under_the_same_name_is_refused(stored, part, change, reason):
    first, *others = stored("one", splits=SPLITS[1:], groups={"five": SPLITS[1:]})
    results = json.loads(json.dumps(first.results))
    results["sketch→photo"][part] |= change
    with pytest.raises(BadFileError, match=reason):
        boards_of([*others, edited(first, results=results)])
    easier = first.task | {"split_checksum": "another"}
    with pytest.raises(BadFileError, match="the split's classes of"):
        boards_of([*others, edited(first, task=easier)])


def test_values_of_other_queries_are_refused(stored):
    first, second = stored("one", splits=SPLITS[1:], groups={"five": SPLITS[1:]})
    values = {direction: second.per_query(direction) for direction in second.results}
    for each in values.values():
        each["ids"] = np.char.add("mine/", each["ids"].astype(str))
    files = {PER_QUERY: keep_per_query(values, second.folder)}
    with pytest.raises(BadFileError, match=r"the queries of .* are not those of"):
        boards_of([first, edited(second, files=files)])


def test_a_legacy_run_cannot_be_called_clean(stored):
    (record,) = stored("leaky", method="legacy_colour", config={"leak": "yes"}, seeds=[0], splits=SPLITS[1:], groups={})
    with pytest.raises(BadFileError, match="it is called clean, but"):
        boards_of([edited(record, audit=record.audit | {"label": "clean"})])
    with pytest.raises(BadFileError, match="it is called clean, but legacy; 'matrix' has seen"):
        boards_of([edited(record, audit=record.audit | {"label": "clean", "leaks": []})])


def test_only_submissions_can_declare_their_league(record):
    found = told(record, "clip.pth", None)
    found = replace(found, method=found.method | {"declared": {"league": 0, "pretrained": "ImageNet-1k"}})
    assert (league_of(found), pretraining_of(found)) == (1, "unknown")


def test_new_records_say_what_codes_and_fits_take(stored):
    record = stored("one", seeds=[0])[0]
    assert parameters_of(record) == 9
    assert code_of(record, "sketch→photo") == ("3 float32", 12)
    old = replace(record, method={"distance": "cosine"}, results={"sketch→photo": {}})
    assert parameters_of(old) is None
    assert code_of(old, "sketch→photo") == ("", None)


def told(record, weights, classes, label="clean"):
    audit = {"label": label, "leaks": [], "parts": [{"name": "x", "classes": ["river"]}]}
    setting = {"method": "m", "config": {"features": {"weights": weights}}, "data": {}}
    about = {} if classes == "not told" else {"pretraining": {"weights": weights, "classes": classes}}
    return record(0.5, audit=audit, setting=setting, method={"distance": "cosine", "about": about})


@pytest.mark.parametrize(
    ("weights", "classes", "label", "league", "text"),
    [
        ("none", 0, "clean", 0, "nothing"),
        ("x.pth", 1000, "clean", 0, "ImageNet-1k"),
        ("x.pth", 1000, "transductive", 2, "ImageNet-1k"),
        ("clip.pth", None, "clean", 1, "unknown"),
        ("x.pth", 45, "unlabelled", 1, "45 classes"),
        ("clip.pth", "not told", "clean", 1, "unknown"),
        ("imagenet", "not told", "clean", 0, "ImageNet-1k"),
        ("none", "not told", "clean", 0, "nothing"),
    ],
)
def test_leagues(record, weights, classes, label, league, text):
    found = told(record, weights, classes, label)
    assert (league_of(found), pretraining_of(found)) == (league, text)


def test_a_sentence_encoder_that_is_read_has_read_nobody_knows_what(record):
    found = told(record, "x.pth", 1000)
    read = {"text": {"backbone": "sentence_encoder", "weights": "text.onnx"}, "descriptions": "aerial"}
    for config, league in ((read, 1), (read | {"descriptions": ""}, 0)):
        changed = replace(found, setting=found.setting | {"config": found.setting["config"] | config})
        assert league_of(changed) == league


def test_bits_are_pretrained_like_what_they_are_made_of(record):
    found = told(record, "clip.pth", None)
    about = {"of": found.method["about"]}
    config = {"of": "sae", "options": found.setting["config"] | {"semantics": "wordvectors"}}
    bits = replace(found, method=found.method | {"about": about}, setting=found.setting | {"config": config})
    assert (league_of(bits), pretraining_of(bits)) == (1, "unknown")
    unsaid = replace(bits, method=found.method | {"about": {"of": {}}})
    assert (league_of(unsaid), pretraining_of(unsaid)) == (1, "unknown")


def test_what_it_trained_on_names_other_data_and_what_is_near(record):
    other = {"dataset": "sketchy", "classes": ["helicopter", "ant"]}
    counts = {"seen": 20, "validation": 0, "unseen": 5}
    classes = {"seen": ["river"] * 8, "validation": [], "unseen": ["Airplanes"]}
    task = {"classes": classes, "photos": counts, "sketches": counts, "auxiliary": [other]}
    found = replace(told(record, "none", 0), task=task | {"machine_sketches": {"seen": 60}})
    text = "8 classes, 20 photo, 20 sketch, 60 drawings, + sketchy, 2 classes (near held-out ones: helicopter)"
    assert training_of(found) == text
    assert training_of(replace(found, audit={"label": "clean", "leaks": [], "parts": []})) == "nothing"
