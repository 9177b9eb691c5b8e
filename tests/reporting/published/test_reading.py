from itertools import pairwise

import pytest

from tests.reporting.published.conftest import SHEET
from zsr_lib.errors import BadFileError, BadInputError, UnknownNameError
from zsr_lib.evaluation.names import AmbiguousMetricError
from zsr_lib.reporting.published import matching, numbers_on, system_named
from zsr_lib.reporting.published.number import NOT_STATED
from zsr_lib.reporting.published.reading import read_published

ROWS, COLUMNS = SHEET["rows"], SHEET["columns"]


def test_each_printed_value_is_a_number_with_what_is_known(folder):
    read = read_published(folder())
    known, unknown, small = read.numbers
    assert (known.system, known.year, known.printed, known.value) == ("Known", 2019, "54.70", "54.70 %")
    assert known.fraction == pytest.approx(0.547)
    assert (known.split, known.definition, known.caveats) == ("sketchy-25-sake", "AP@all/voc", ("lists", "code"))
    assert (unknown.split_text, unknown.definition) == ("sketchy-25, list not stated", NOT_STATED)
    assert unknown.caveats == ("lists",)
    assert (small.dataset, small.code_size, small.binary, small.caveats) == ("tuberlin", 64, True, ("lists",))
    assert read.sources == {"A paper": "A paper, Table 1"}


def test_nothing_is_taken_from_released_code_unless_the_sheet_says_so(folder):
    known = read_published(folder({"released_code": ""})).numbers[0]
    assert (known.split, known.definition, known.caveats) == ("sketchy-25-*", NOT_STATED, ("lists",))


def test_a_row_may_know_its_own_split(folder):
    row = {"system": "Unknown", "values": "20 –", "splits": {"sketchy-25-*": "sketchy-25-last"}}
    assert read_published(folder({"rows": [row]})).numbers[0].split == "sketchy-25-last"


def test_footnotes_are_numbered_by_their_place(folder):
    read = read_published(folder())
    assert [(note.place, note.name) for note in read.footnotes_of(read.numbers)] == [(1, "lists"), (2, "code")]
    assert read.places(read.numbers[0]) == [1, 2]
    assert read.footnotes_of(read.numbers[2:]) == [read.footnotes["lists"]]


@pytest.mark.parametrize(
    ("sheet", "error", "said"),
    [
        ({"sources": "x"}, UnknownNameError, "source"),
        ({"unit": "percent"}, UnknownNameError, "per cent"),
        ({"protocol": "zeroshot"}, UnknownNameError, "zero-shot"),
        ({"released_code": "codes"}, UnknownNameError, "code"),
        ({"caveats": ["list"]}, UnknownNameError, "lists"),
        ({"rows": [ROWS[0] | {"system": "Knwon"}]}, UnknownNameError, "Known"),
        ({"rows": [ROWS[0] | {"values": "54.70"}]}, BadInputError, "2 columns"),
        ({"rows": [ROWS[0] | {"values": "100.1 –"}]}, BadInputError, "from 0 to 100"),
        ({"rows": [ROWS[0] | {"values": "-1 –"}]}, BadInputError, "is no score"),
        ({"rows": [ROWS[0] | {"values": "nan –"}]}, BadInputError, "is no score"),
        ({"rows": [ROWS[0] | {"values": "much –"}]}, BadInputError, "is no score"),
        ({"rows": [ROWS[0] | {"direction": "sketch→foto"}]}, UnknownNameError, "did you mean photo"),
        ({"rows": [ROWS[0] | {"direction": "sketch"}]}, BadInputError, "no direction"),
        ({"rows": [ROWS[0], ROWS[0]]}, BadInputError, "twice"),
        ({"columns": [COLUMNS[0] | {"split": "sketchy-52-*"}, COLUMNS[1]]}, UnknownNameError, "kind of split"),
        ({"columns": [COLUMNS[0] | {"split": "sketchy-25-sak"}, COLUMNS[1]]}, UnknownNameError, "sketchy-25-sake"),
        ({"columns": [COLUMNS[0] | {"split": "tuberlin-30-sake"}, COLUMNS[1]]}, BadInputError, "no split of sketchy"),
        ({"columns": [COLUMNS[0], COLUMNS[1] | {"definition": "mAP"}]}, AmbiguousMetricError, "several metrics"),
    ],
)
def test_what_cannot_be_right_is_refused(folder, sheet, error, said):
    with pytest.raises(error, match=said):
        read_published(folder(sheet))


def test_the_same_system_may_be_printed_in_two_sizes(folder):
    rows = [ROWS[1], ROWS[1] | {"code_size": 128}, ROWS[1] | {"binary": False}]
    assert len(read_published(folder({"rows": rows})).numbers) == 6


def test_damaged_files_are_named(folder):
    path = folder() / "systems.yaml"
    for content in ("- a list", "{", None):
        path.unlink() if content is None else path.write_text(content)
        with pytest.raises(BadFileError, match=r"systems\.yaml"):
            read_published(path.parent)


def test_a_system_with_an_unknown_key_is_refused(folder):
    with pytest.raises(UnknownNameError, match="did you mean year"):
        read_published(folder(systems={"Known": {"yaer": 2019}}))


def test_numbers_on_a_data_set_keep_protocols_and_metrics_together():
    numbers = numbers_on("sketchy")
    assert {number.dataset for number in numbers} == {"sketchy"}
    groups = [(number.protocol, number.direction, number.split, number.metric) for number in numbers]
    changes = sum(a != b for a, b in pairwise(groups))
    assert changes == len(set(groups)) - 1


def test_numbers_of_some_systems():
    numbers = numbers_on("eoc", ["ZSEoC-128"])
    assert [(number.metric, number.printed) for number in numbers] == [("mAP", "0.674"), ("P@100", "0.732")]
    assert numbers_on("tuberlin", ["CAAE"])
    assert numbers_on("eoc", []) == []


def test_names_that_do_not_exist_name_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean tuberlin"):
        numbers_on("tuberlim")
    with pytest.raises(UnknownNameError, match="did you mean ZSEoC-300"):
        numbers_on("eoc", ["ZSEoC-30"])
    with pytest.raises(UnknownNameError, match="did you mean SEM-PCYC"):
        system_named("SEM-PCY")


def splits_of(dataset, direction, *splits):
    return {number.split for number in matching(numbers_on(dataset), direction, splits)}


def test_only_lists_that_are_or_may_be_ours_match():
    assert splits_of("sketchy", "sketch→photo", "sketchy-25-sake") == {"sketchy-*", "sketchy-25-*", "sketchy-25-sake"}
    assert splits_of("sketchy", "sketch→photo", "sketchy-21-eccv2018") == {"sketchy-*", "sketchy-21-eccv2018"}
    assert splits_of("eoc", "sketch→photo", "eoc-sample-5", "eoc-sample-4-runway-seen") == {"eoc-*"}
    assert "tuberlin-30-sake" in splits_of("tuberlin", "sketch→photo", "tuberlin-30-sake/reduced")


def test_other_directions_and_protocols_do_not_match():
    numbers = matching(numbers_on("sketchy"), "photo→sketch", ["sketchy-25-last"])
    assert {(number.system, number.source) for number in numbers} == {("ZSCMR", "ZSCMR, directions (slides, 2020)")}
    numbers = matching(numbers_on("sketchy"), "sketch→photo", ["sketchy-21-eccv2018"])
    assert {number.protocol for number in numbers} == {"zero-shot"}
