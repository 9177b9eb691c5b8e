import json
from dataclasses import replace

import pytest

from zsr_lib.experiments.beside import listed, numbers_beside
from zsr_lib.experiments.summary import blocks_of
from zsr_lib.experiments.table import as_plain, as_text
from zsr_lib.reporting.published.number import Listed
from zsr_lib.reporting.run_record import read_record, write_record

SPLITS = {"list": ("sketchy-21-eccv2018",)}
TASK = {"dataset": "sketchy", "dataset_checksum": "s", "split": "sketchy-21-eccv2018"}


@pytest.fixture
def sketchy(record):
    """A run on 21 classes of Sketchy whose experiment names one published system."""
    return record(0.5, "sketchy-21-eccv2018", task=TASK, groups=SPLITS, published=("SAKE",))


def test_named_systems_on_the_same_list_only(sketchy):
    numbers = numbers_beside([sketchy], "sketch→photo", every_system=False)
    assert {number.system for number in numbers} == {"SAKE"}
    assert {number.split for number in numbers} == {"sketchy-21-eccv2018"}
    assert numbers_beside([sketchy], "photo→photo", every_system=False) == ()


def test_every_system_on_demand(sketchy):
    systems = {number.system for number in numbers_beside([sketchy], "sketch→photo", every_system=True)}
    assert {"SAKE", "SpLIP", "ClipPrompt"} <= systems
    assert "ZSCMR" not in systems  # on 25 other classes


def test_nothing_is_published_on_generated_data_nor_for_systems_that_nobody_knows_any_more(record, sketchy):
    generated = record(0.5, task=TASK | {"dataset": "generated"}, published=("SAKE",))
    assert numbers_beside([generated], "sketch→photo", every_system=True) == ()
    forgotten = replace(sketchy, published=("a system of another version",))
    assert numbers_beside([forgotten], "sketch→photo", every_system=False) == ()


def test_numbers_in_full_are_listed_once_and_where_they_belong(record):
    published = ("SAKE", Listed(0.6, "mAP", "p"), Listed(0.7, "mAP", "p", direction="photo→photo"))
    records = [record(0.5, seed=seed, published=published) for seed in (0, 1)]
    assert [(each["experiment"], each["value"]) for each in listed(records, "sketch→photo")] == [("e", 0.6)]


def test_a_record_keeps_names_and_numbers(tmp_path, record):
    made = record(0.5, published=("SAKE", Listed(0.6, "mAP", "p")))
    write_record(made, tmp_path)
    assert read_record(tmp_path).published == made.published


def test_others_have_a_table_of_their_own_once_and_footnotes_at_the_end(sketchy):
    second = replace(sketchy, experiment="f", groups={"other": SPLITS["list"]})
    text = as_text(blocks_of([sketchy, second], beside=["sketchy"]), {})
    ours, first, rest = text.split("published · sketchy · sketch→photo")
    assert "SAKE" not in ours
    assert "54.7 %" not in first  # on 25 classes
    assert "49.7 %" in first
    assert "0.497" in first
    assert rest.startswith(": as above")
    assert rest.count("[16] ") == 1


def test_as_plain_has_the_footnotes_of_its_numbers(sketchy):
    told = json.loads(json.dumps(as_plain(blocks_of([sketchy]), {"e": 2})))
    numbers = told["tables"][0]["numbers"]
    assert {number["system"] for number in numbers} == {"SAKE"}
    assert {note["name"] for note in told["footnotes"]} == {name for number in numbers for name in number["caveats"]}
    assert told["left_out"] == {"e": 2}
