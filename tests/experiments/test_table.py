from dataclasses import replace

from zsr_lib.experiments.runner import run_cells
from zsr_lib.experiments.summary import blocks_of
from zsr_lib.experiments.table import as_text
from zsr_lib.experiments.tables_cli import described
from zsr_lib.reporting.published.number import Listed


def test_a_table_has_caption_chance_oracle_spread_and_notes(record):
    published = (Listed(0.686, "mAP", "a paper", "its extractor saw the unseen classes"),)
    records = [record(0.1, "a"), record(0.3, "a", 1), record(0.5, "b"), record(0.9, "b", 1, published=published)]
    text = as_text(blocks_of(records), {"e": 3})
    lines = text.splitlines()
    assert lines[0] == "eoc · sketch→photo; zero-shot; ties expected"
    assert lines[1] == "both: a, b; 10 queries against 40…50"
    assert [line.split()[0] for line in lines[5:8]] == ["chance", "e", "best"]
    assert "0.300" in lines[5]
    assert "0.450 ± 0.212 (0.354)" in lines[6]
    assert "published for e: mAP 0.686 (a paper); its extractor saw the unseen classes" in text
    assert "3 runs of an earlier configuration" in text
    assert "†" not in text
    assert "‡" not in text


def test_a_missing_split_is_a_dash_and_a_leak_has_a_mark(record):
    audit = {"label": "legacy", "leaks": ["x"], "parts": []}
    text = as_text(blocks_of([record(0.1, "a", audit=audit)]), {})
    row = next(line for line in text.splitlines() if line.startswith("e "))
    assert "†" in row
    assert row.split()[-1] == "–"
    assert "† legacy" in text


def test_columns_name_their_group_where_there_are_several(record):
    groups = {"four": ("a",), "five": ("b",)}
    text = as_text(blocks_of([record(0.1, split, groups=groups) for split in "ab"]), {})
    assert "four" in text
    assert "five: b; 10 queries against 50" in text


def test_a_run_in_full(cells, shelf, where):
    (outcome,) = run_cells(cells(grid={"config.noise": [0.25]})[:1], shelf, where)
    text = described(outcome.record)
    assert "  declared    matrix: 8 classes\n  observed    photo items of 'eoc': 8 classes, 48 items\n" in text
    for part in ("noise=0.25", "seed 0", "clean", "photo→photo", "c0ffee", "AP@all/std", str(outcome.record.folder)):
        assert part in text


def test_a_group_of_which_no_split_was_run_is_said_to_be_none(record):
    found = record(0.5, groups={"mine": ("a",), "others": ("b", "c")})
    assert "others: b, c; not run" in as_text(blocks_of([found]), {})


def test_files_that_a_system_opened_and_a_strict_audit_are_told(cells, shelf, where):
    (outcome,) = run_cells(cells()[:1], shelf, where)
    found = replace(outcome.record, audit=outcome.record.audit | {"opened": ["own.pth"], "strict": True})
    text = described(found)
    assert "  audit       clean, strict\n" in text
    assert "  opened      own.pth\n" in text


def test_data_of_one_name_and_two_checksums_are_told_apart(record):
    other = record(0.9, task={"dataset": "eoc", "dataset_checksum": "d", "split": "a"}, variant="w")
    text = as_text(blocks_of([record(0.5), other]), {})
    assert "data with checksum c\neoc · " in text
    assert "data with checksum d\neoc · " in text
    assert "checksum" not in as_text(blocks_of([record(0.5)]), {})
