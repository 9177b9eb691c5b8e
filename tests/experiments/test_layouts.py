import csv
import io

import pytest

from zsr_lib.cli import main
from zsr_lib.experiments.layouts import LAYOUTS, laid_out, tables_by_class
from zsr_lib.experiments.run_cell import run_cell
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


@pytest.fixture
def runs(record):
    """Two systems; the class `bridge` is unseen in split a only."""

    def made(value, split, seed, **changes):
        found = record(value, split, seed, **changes)
        classes = {"river": value, "bridge": 0.5} if split == "a" else {"river": value + 0.2, "tree": None}
        found.results["sketch→photo"]["per_class"] = {"AP@all/std": classes}
        return found

    first = [made(0.1, "a", 0), made(0.3, "a", 1), made(0.2, "b", 0)]
    return [*first, made(0.7, "b", 0, point={"variant": "x"}, variant="w")]


def test_one_line_a_class_one_column_a_system(runs):
    text = tables_by_class(runs)
    assert text.startswith("eoc · sketch→photo; zero-shot; ties expected · AP@all/std\n")
    lines = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line}
    assert lines["class"] == ["e", "e", "(x)"]
    assert lines["river"] == [f"{(0.1 + 0.3 + 0.4) / 3:.3f}", "0.900"]
    assert lines["bridge"] == ["0.500", "–"]
    assert "tree" not in lines


def test_layouts(runs):
    assert "| river" in tables_by_class(runs, layout="markdown")
    assert r"\toprule" in tables_by_class(runs, layout="latex")
    rows = list(csv.DictReader(io.StringIO(tables_by_class(runs, layout="csv"))))
    assert {(row["system"], row["class"]): float(row["mean"]) for row in rows}["e (x)", "river"] == pytest.approx(0.9)


def test_other_metrics_and_directions_are_left_out(runs):
    assert "river" not in tables_by_class(runs, directions=["photo→photo"])
    assert "river" not in tables_by_class(runs, metrics=["P@5/k"])


def test_the_command(cells, shelf, where, capsys):
    from zsr_lib.experiments.run_cell import run_cell

    run_cell(cells(seeds=[0])[2], shelf, where)
    with pytest.raises(SystemExit) as done:
        main(["table", "--runs", str(where.runs), "--by", "class", "--direction", "sketch->photo"])
    text = capsys.readouterr().out
    assert not done.value.code
    assert sum(line.startswith("river") for line in text.splitlines()) <= 1
    assert text.count("AP@all/std") == 1


def test_one_run_class_by_class(cells, shelf, where, capsys):
    run, _ = run_cell(cells(splits=["eoc-sample-5"], seeds=[0])[0], shelf, where)
    with pytest.raises(SystemExit):
        main(["show", str(run.folder), "--by", "class"])
    out = capsys.readouterr().out
    assert out.count("· P@5/k") == len(run.results)
    assert f"{run.results['sketch→photo']['per_class']['AP@all/std']['runway']:.3f}" in out
