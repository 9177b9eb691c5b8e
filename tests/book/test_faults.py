"""The tables of faults and of cheats: every row names tests that exist."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for page in ("faults.md", "audit.md")
    for line in (ROOT / "book" / page).read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| fault |", "| cheat |", "| edit |", "| --- |"))
]


def test_the_table_is_read():
    assert len(ROWS) > 70


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_row_names_a_test_that_exists(row):
    fault, promise, named = row
    assert fault
    assert promise
    path, name = named.strip("`").split("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
