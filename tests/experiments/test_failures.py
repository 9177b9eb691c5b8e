import json

import pytest

from zsr_lib.errors import BadFileError
from zsr_lib.experiments.failures import FOLDER, Failure, keep_failure, read_failures
from zsr_lib.experiments.runner import run_cells
from zsr_lib.experiments.summary import blocks_of
from zsr_lib.experiments.table import as_text


@pytest.fixture
def leaking(cells):
    """Cells of one split and two seeds; those of the first variant fail."""

    def made(leak="yes", **changes):
        variants = {"leaks": {"config": {"leak": leak}}, "fine": {}}
        return cells(variants=variants, splits=["eoc-sample-5"], **changes)

    return made


def test_a_failed_cell_is_named_until_it_succeeds(leaking, shelf, where):
    run_cells(leaking(), shelf, where)
    names = [f"colours (leaks), eoc-sample-5, seed {seed}" for seed in (0, 1)]
    assert [failure.cell for failure in read_failures(where.runs)] == names
    run_cells(leaking(leak="")[:1], shelf, where)
    assert [failure.cell for failure in read_failures(where.runs)] == names[1:]


def test_failing_again_leaves_one_note_with_the_newest_reason(leaking, shelf, where):
    run_cells(leaking()[:1], shelf, where)
    run_cells(leaking(leak="defect")[:1], shelf, where)
    (failure,) = read_failures(where.runs)
    assert str(failure) == "colours (leaks), eoc-sample-5, seed 0: RuntimeError: a defect"
    assert "Traceback" in failure.error


def test_a_table_names_what_failed_below_what_did_not(leaking, shelf, where):
    outcomes = run_cells(leaking(), shelf, where)
    blocks = blocks_of([each.record for each in outcomes if each.record])
    text = as_text(blocks, {}, read_failures(where.runs))
    assert "colours (fine)" in text
    told = [line for line in text.splitlines() if line.startswith("failed, so not in a mean: ")]
    assert [line.partition("seed ")[2][:1] for line in told] == ["0", "1"]
    assert "not zero-shot" in told[0]
    assert "What to do" not in text


def test_cells_that_differ_in_anything_have_notes_of_their_own(leaking, shelf, where):
    run_cells(leaking()[:2], shelf, where)
    run_cells(leaking(assignments=["config.steps=2"])[:2], shelf, where)
    run_cells(leaking(name="others")[:2], shelf, where)
    assert len(read_failures(where.runs)) == 6
    assert [failure.experiment for failure in read_failures(where.runs)] == ["colours"] * 4 + ["others"] * 2


def test_what_was_stopped_has_not_failed(leaking, shelf, where, colour, monkeypatch):
    monkeypatch.setattr(colour, "stop_at", 1)
    with pytest.raises(KeyboardInterrupt):
        run_cells(leaking(), shelf, where)
    assert read_failures(where.runs) == []


def test_a_disk_that_takes_no_note_does_not_stop_the_rest(leaking, shelf, where):
    blocked = where.runs / "colours" / FOLDER
    blocked.parent.mkdir(parents=True)
    blocked.write_text("a file where the folder should be")
    assert [each.state for each in run_cells(leaking(), shelf, where)] == ["failed"] * 2 + ["made"] * 2


def test_a_damaged_note_is_named(leaking, where):
    keep_failure(leaking()[0], "no data\n  What to do: get it", where.runs)
    (path,) = (where.runs / "colours" / FOLDER).iterdir()
    assert json.loads(path.read_text())["error"] == "no data\n  What to do: get it"
    path.write_text("{")
    with pytest.raises(BadFileError, match=path.name):
        read_failures(where.runs)


def test_a_reason_is_one_line():
    assert str(Failure("e", "c", "problem.\n  What to do: remedy.")) == "c: problem."
    assert str(Failure("e", "c", "Traceback (most recent call last):\n  File\nValueError: 3\n")) == "c: ValueError: 3"
    assert str(Failure("e", "c", "")) == "c: "
