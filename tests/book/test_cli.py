"""The commands as a user types them, on a small checkout whose pages are not built (that is what test_pages does)."""

import json

import pytest
from click.testing import CliRunner

from tests.book.conftest import notebook
from zsr_lib.book.build import Order, execute_chapters
from zsr_lib.book.cli import book


@pytest.fixture
def zsr(small, monkeypatch):
    monkeypatch.chdir(small.root)
    return lambda *arguments: CliRunner().invoke(book, arguments, catch_exceptions=False)


def execute(project):
    execute_chapters(project, Order(), lambda _: None)


def test_what_was_blessed_is_green_and_what_moved_is_red(small, zsr):
    execute(small)
    assert zsr("check").exit_code == 1
    assert zsr("bless", "--reason", "first numbers").exit_code == 0
    assert zsr("check").output.strip() == "gate: green, 1 of 1 numbers as reported"
    (small.root / "reported" / "generated-quick").rename(small.root / "reported" / "real-full")
    assert "not run here: 1 numbers on real-full (CPU" in zsr("check").output
    (small.root / "reported" / "real-full").rename(small.root / "reported" / "generated-quick")

    cell = "from zsr_lib.reporting.claims import claim\nclaim('two', 1 + 2, 'exact')"
    small.source("01_small").write_text(notebook(cell))
    execute(small)
    red = zsr("check")
    assert red.exit_code == 1
    assert "two" in red.output
    assert "drifted" in red.output


def test_the_check_is_written_as_json(small, zsr):
    execute(small)
    zsr("bless", "--reason", "first numbers")
    (row,) = json.loads(zsr("check", "--json").output)
    assert row == {"chapter": "01_small", "key": "two", "reference": 2, "now": 2, "tier": "exact", "verdict": "pass"}


def test_chapters_are_executed_as_on_another_processor_in_turn(small, zsr, monkeypatch):
    executed = []
    monkeypatch.setattr("zsr_lib.book.check.training_chapters", lambda *_: ["03_one", "05_two"])
    monkeypatch.setattr("zsr_lib.book.check.check_elsewhere", lambda _, __, chosen, ___: executed.append(chosen) or [])
    for turn in ("0", "1", "2"):
        assert zsr("check", "--elsewhere", "oldest", "--turn", turn).exit_code == 0
    assert executed == [["03_one"], ["05_two"], ["03_one"]]


def test_there_may_be_no_chapter_whose_turn_it_is(small, zsr):
    execute(small)
    zsr("bless", "--reason", "nothing here is trained")
    assert json.loads(zsr("check", "--json", "--elsewhere", "oldest", "--turn", "3").output) == []


def test_blessing_without_a_reason_is_refused(small, zsr):
    result = zsr("bless")
    assert result.exit_code == 2
    assert "--reason" in result.output


def test_checking_before_building_says_what_to_do(small, zsr):
    from zsr_lib.errors import ZsrError

    with pytest.raises(ZsrError, match="run 'zsr book build' first"):
        zsr("check")


def test_the_lint_names_the_line(small, zsr):
    assert zsr("lint").exit_code == 0
    with small.source("01_small").open("a") as stream:
        stream.write("\nWe reach 0.686.\n")
    result = zsr("lint")
    assert result.exit_code == 1
    assert "0.686" in result.output


def test_a_number_without_a_key_is_red(small, zsr):
    small.source("01_small").write_text(notebook("print('AP is', 0.686)"))
    execute(small)
    zsr("bless", "--reason", "first numbers")
    result = zsr("check")
    assert result.exit_code == 1
    assert "no key behind it: 01_small.ipynb, cell 4: 0.686" in result.output
