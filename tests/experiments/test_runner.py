import threading

import pytest

from zsr_lib.experiments.runner import run_cells
from zsr_lib.files import exclusive


def test_outcomes_come_in_the_order_of_the_cells(cells, shelf, where):
    heard = []
    outcomes = run_cells(cells(), shelf, where, heard.append)
    assert outcomes == heard
    assert [each.state for each in outcomes] == ["made"] * 6
    assert [(each.record.split, each.record.seed) for each in outcomes] == [(cell.split, cell.seed) for cell in cells()]
    assert [each.state for each in run_cells(cells(), shelf, where)] == ["kept"] * 6


def test_a_failing_cell_is_named_and_the_others_finish(cells, shelf, where):
    broken = cells(
        variants={"leaks": {"config": {"leak": "yes"}}, "breaks": {"config": {"leak": "defect"}}, "fine": {}}
    )
    outcomes = run_cells(broken[::2], shelf, where)
    assert [each.state for each in outcomes] == ["failed"] * 6 + ["made"] * 3
    assert "not zero-shot" in outcomes[0].error
    assert "Traceback" not in outcomes[0].error
    assert "RuntimeError: a defect" in outcomes[3].error


def test_ctrl_c_stops_everything_and_keeps_what_is_finished(cells, shelf, where, colour, monkeypatch):
    def told(outcome):
        monkeypatch.setattr(colour, "stop_at", 2)

    with pytest.raises(KeyboardInterrupt):
        run_cells(cells(), shelf, where, told)
    monkeypatch.setattr(colour, "stop_at", None)
    assert [each.state for each in run_cells(cells(), shelf, where)] == ["kept"] + ["made"] * 5


def test_a_cell_that_is_busy_elsewhere_is_looked_at_again_at_the_end(cells, shelf, where):
    made = cells()
    lock = where.runs / "colours" / ".locks" / made[0].folder_name(shelf.checksums(made[0].experiment.data))
    held, free = threading.Event(), threading.Event()

    def hold():
        with exclusive(lock, "testing"):
            held.set()
            free.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    order = []

    def told(outcome):
        order.append(made.index(outcome.cell))
        if len(order) == 5:
            free.set()

    outcomes = run_cells(made, shelf, where, told)
    thread.join()
    assert order == [1, 2, 3, 4, 5, 0]
    assert [each.state for each in outcomes] == ["made"] * 6


def test_a_record_of_other_code_is_kept_but_said(cells, shelf, where):
    from dataclasses import replace

    run_cells(cells()[:1], shelf, where)
    newer = replace(where.provenance, code=where.provenance.code | {"library": "other"})
    outcomes = run_cells(cells()[:2], shelf, replace(where, provenance=newer))
    assert [(each.state, each.other_code) for each in outcomes] == [("kept", True), ("made", False)]


def test_a_grid_that_was_killed_goes_on_and_repeats_no_finished_cell(cells, shelf, where, colour, monkeypatch):
    grid = cells(grid={"config.noise": [0.1, 0.2, 0.3]}, splits=["eoc-sample-5"], seeds=[0])

    def told(outcome):
        monkeypatch.setattr(colour, "stop_at", 3)

    with pytest.raises(KeyboardInterrupt):
        run_cells(grid, shelf, where, told)
    monkeypatch.setattr(colour, "stop_at", None)
    assert [each.state for each in run_cells(grid, shelf, where)] == ["kept", "made", "made"]
    assert colour.fitted_from == (0, 0, 3, 0)
