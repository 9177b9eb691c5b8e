import csv
import io

import pytest

from zsr_lib.experiments.layouts import LAYOUTS, laid_out
from zsr_lib.experiments.summary import blocks_of

GROUPS = {"both": ("a", "b"), "first": ("a",)}


@pytest.fixture
def blocks(record):
    runs = [record(0.123456, "a", groups=GROUPS), record(0.5, "b", groups=GROUPS), record(0.3, "a", 1, groups=GROUPS)]
    return blocks_of(runs)


def test_markdown_is_a_table_with_its_caption(blocks):
    lines = laid_out(blocks, "markdown").splitlines()
    assert lines[0].startswith("eoc · sketch→photo; zero-shot")
    head = next(line for line in lines if line.startswith("| system"))
    assert [cell.strip() for cell in head.strip("|").split("|")][3:] == ["both AP@all/std", "first AP@all/std"]
    row = next(line for line in lines if line.startswith("| e "))
    assert "0.212" in row.split("|")[5]
    assert all(line.count("|") == head.count("|") for line in lines if line.startswith("|"))


def test_latex_has_rules_and_everything_else_is_a_comment(blocks):
    text = laid_out(blocks, "latex")
    assert text.count(r"\toprule") == text.count(r"\end{tabular}") == 1
    before, _, _ = text.partition(r"\begin{tabular}")
    assert all(line.startswith("% ") for line in before.splitlines() if line)
    assert r"AP@all/std" in text


def test_csv_has_all_digits_of_every_number(blocks):
    rows = list(csv.DictReader(io.StringIO(laid_out(blocks, "csv"))))
    assert len(rows) == 2 * 3  # groups × (system, chance, best possible)
    found = {(row["group"], row["system"]): row for row in rows}
    assert float(found["first", "e"]["mean"]) == (0.123456 + 0.3) / 2
    assert found["both", "e"]["seeds"] == "1"
    assert found["first", "chance"]["mean"] == "0.25"
    assert found["first", "best possible"]["mean"] == "1.0"


def test_nothing_is_nothing():
    for layout in LAYOUTS:
        assert len(laid_out([], layout).splitlines()) <= 1
