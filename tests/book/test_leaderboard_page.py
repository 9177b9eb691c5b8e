"""The text of the leaderboard and of the cards, from run records."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.book.test_published_page import Cells
from zsr_lib.book.leaderboard_page import leaderboard_page
from zsr_lib.book.leaderboard_text import anchor
from zsr_lib.book.project import Project
from zsr_lib.book.stored_pages import write_stored_pages
from zsr_lib.book.systems_page import systems_page
from zsr_lib.experiments.boards import boards_of
from zsr_lib.experiments.earned import Earned, name_of
from zsr_lib.models.registry import METHODS
from zsr_lib.reporting.published import published
from zsr_lib.reporting.run_record import read_records

RUNS = Path(Project.find(Path(__file__).parent).root, "reported", "runs")
LARGEST = 1_000_000
"""Bytes of a page that opens at once on a phone."""


@pytest.fixture(scope="module")
def boards():
    """All that is stored of TU-Berlin, and one experiment on Earth on Canvas."""
    records = read_records(RUNS)
    return boards_of([each for each in records if each.dataset == "tuberlin" or each.experiment == "eoc-zseoc-128"])


@pytest.fixture(scope="module")
def text(boards):
    return leaderboard_page(boards, published(), {})


def rows_of(text, board):
    return Cells(
        text.split(f"<h3>{board.dataset} · {board.name} · {board.direction}</h3>")[1].split("</section>")[0]
    ).rows


def test_each_row_has_what_the_board_and_the_records_say(text, boards):
    for board in boards:
        heads, *rows = rows_of(text, board)
        assert {len(row) for row in rows[: len(board.entries)]} == {len(heads)}
        for entry, row in zip(board.entries, rows, strict=False):
            told = dict(zip(heads, row, strict=True))
            value = entry.values["AP@all/std"]
            assert told["AP@all/std"].startswith(f"{value.mean:.3f}")
            assert ("±" in told["AP@all/std"]) == (value.sd_seeds is not None)
            assert told["system"].endswith(entry.first.experiment)
            assert told["league"] == "0"
            assert told["pretrained on"] in ("ImageNet-1k", "nothing")
            assert told["record"].split()[0] in entry.first.folder.name
            assert told["standing"].startswith(f"{len(entry.records)} stored, made ")


def test_chance_and_the_best_possible_close_each_board(text, boards):
    for board in boards:
        heads, *rows = rows_of(text, board)
        place = heads.index("AP@all/std")
        assert [row[1] for row in rows[-2:]] == ["chance", "best possible"]
        assert [row[place] for row in rows[-2:]] == [f"{board.chance['AP@all/std']:.3f}", "1.000"]


def test_published_numbers_stay_in_their_column_with_their_notes(text, boards):
    board = next(each for each in boards if each.dataset == "tuberlin" and each.numbers)
    heads, *rows = rows_of(text, board)
    others = [dict(zip(heads, row, strict=False)) for row in rows[len(board.entries) : -2]]
    assert {row["system"].split(" (")[0] for row in others} == {number.system for number in board.numbers}
    assert all(row["published"] and not row["AP@all/std"] and not row["rank"] for row in others)
    own = next(entry for each in boards for entry in each.entries if entry.numbers)
    assert own.label == own.numbers[0].system
    assert set(re.findall(r"published\.html#note-(\d+)", text)) <= {
        str(note.place) for note in published().footnotes.values()
    }


def test_the_protocol_stands_at_each_board_and_no_block_has_an_empty_line(text, boards):
    for part, board in zip(text.split('<section class="board"')[1:], boards, strict=True):
        block = part.split("</section>")[0]
        assert board.protocol in block
        assert "\n\n" not in block


def test_a_row_that_was_made_again_says_when_and_records_can_be_linked(boards):
    entry = boards[0].entries[0]
    note = {name_of(each): Earned("2026-11-30", "a", "b", 0.0, each.seal) for each in entry.records}
    page = leaderboard_page(boards[:1], published(), note, "https://example.org/zsr/")
    assert "runs re-earned, on 2026-11-30" in page
    assert f'href="https://example.org/zsr/tree/HEAD/reported/runs/{entry.first.experiment}' in page


def test_what_people_typed_is_no_markup(boards):
    entry = replace(boards[0].entries[0], label="<script>alert(1)</script>")
    page = leaderboard_page([replace(boards[0], entries=(entry,))], published(), {})
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_without_runs_there_are_no_boards_and_no_scripts():
    page = leaderboard_page([], published(), {})
    assert "<section" not in page
    assert "<script" not in page


def test_each_system_has_a_card_with_its_options_and_its_best_rows(boards):
    text = systems_page(boards, published())
    cards = dict(re.findall(r"^## (\S+)\n\n(.*?</div>\n)", text, re.MULTILINE | re.DOTALL))
    assert set(cards) == set(METHODS)
    assert "Kodirov, Xiang and Gong" in cards["sae"]
    assert "<code>weight</code></td><td><code>1.0</code>" in cards["sae"]
    assert "<code>training.steps</code>" in cards["zscmr"]
    assert "published.html#note-" in cards["zscmr"]
    assert "There is no stored run of it yet" in cards["legacy_zscmr"]
    board = next(each for each in boards if each.direction == "sketch→photo" and each.dataset == "tuberlin")
    best = next(entry for entry in board.entries if entry.first.setting["method"] == "sae")
    assert f"<td>{best.values['AP@all/std'].mean:.3f}" in cards["sae"]
    assert all("\n\n" not in card.rstrip() for card in cards.values())
    assert anchor("zscmr_plus") == "zscmr-plus"


def test_both_pages_of_all_stored_runs_are_small(tmp_path):
    write_stored_pages(RUNS, tmp_path)
    for name in ("leaderboard", "systems"):
        assert (tmp_path / "book" / f"{name}.md").stat().st_size < LARGEST
