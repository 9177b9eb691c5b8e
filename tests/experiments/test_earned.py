import json
from dataclasses import replace
from pathlib import Path

import pytest

from zsr_lib.errors import BadFileError
from zsr_lib.experiments.earned import BEHIND, Earned, note_earned, note_of, read_earned, standing, standing_of
from zsr_lib.reporting.record import Provenance

AGAIN = Earned("2026-02-03", "some processor", "today", 1e-7)


@pytest.fixture
def stored(record):
    def made(name, date="2026-01-01", **code):
        found = record(0.5, provenance=Provenance({"commit": "1", "library": "l"} | code, {}, "CPU", 2, {}, date))
        object.__setattr__(found, "folder", Path(name))
        return found

    return made


def test_what_is_noted_is_read_and_adds_up(tmp_path):
    assert read_earned(tmp_path) == {}
    note_earned(tmp_path, {"e/a": AGAIN})
    later = Earned("2026-03-04", "another", "today", 0.0)
    note_earned(tmp_path, {"e/a": later, "e/b": AGAIN})
    assert read_earned(tmp_path) == {"e/a": later, "e/b": AGAIN}


@pytest.mark.parametrize("damage", [lambda text: text.replace("2026-02-03", "2027-02-03"), lambda text: text[:9]])
def test_a_note_that_was_edited_is_refused(tmp_path, damage):
    note_earned(tmp_path, {"e/a": AGAIN})
    note_of(tmp_path).write_text(damage(note_of(tmp_path).read_text()))
    with pytest.raises(BadFileError, match="not what zsr verify wrote"):
        read_earned(tmp_path)
    with pytest.raises(BadFileError):
        note_earned(tmp_path, {"e/b": AGAIN})


def test_a_note_written_by_hand_is_refused(tmp_path):
    note_of(tmp_path).write_text(json.dumps({"e/a": vars(AGAIN)}))
    with pytest.raises(BadFileError):
        read_earned(tmp_path)


def test_where_a_run_stands(stored):
    earned = {"e/a": AGAIN}
    assert standing(stored("b"), earned, "today") == "stored since 2026-01-01"
    assert standing(stored("a"), earned, "today") == "re-earned on 2026-02-03 by today's code"
    assert standing(stored("a"), earned, "tomorrow") == standing(stored("a"), earned) == "re-earned on 2026-02-03"
    assert standing(stored("b", **{BEHIND: "today"}), {}, "today") == "made by today's code on 2026-01-01"
    assert standing(stored("b", **{BEHIND: "today"}), {}, "tomorrow") == "stored since 2026-01-01"


def test_what_is_noted_of_a_record_says_nothing_of_another_in_its_place(stored):
    edited = stored("a")
    object.__setattr__(edited, "seal", "another")
    assert standing(edited, {"e/a": AGAIN}) == standing_of([edited], {"e/a": AGAIN}).replace(
        "1 stored, made on", "stored since"
    )
    assert standing(edited, {"e/a": replace(AGAIN, record="another")}) == "re-earned on 2026-02-03"


def test_a_table_says_how_many_runs_were_re_earned_and_since_when_the_others_are_stored(stored):
    runs = [stored("a"), stored("b", "2026-01-02"), stored("c")]
    assert standing_of(runs, {}) == "3 stored, made from 2026-01-01 to 2026-01-02"
    assert standing_of(runs, {"e/b": AGAIN}) == "1 of 3 runs re-earned, on 2026-02-03; 2 stored, made on 2026-01-01"
    everything = {f"e/{name}": AGAIN for name in "abc"}
    assert standing_of(runs, everything) == "3 of 3 runs re-earned, on 2026-02-03"
