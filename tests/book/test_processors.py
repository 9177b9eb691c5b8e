import os
from pathlib import Path

import pytest

from tests.book.conftest import notebook
from zsr_lib.book.bless import bless_chapters
from zsr_lib.book.check import check_elsewhere, training_chapters
from zsr_lib.book.processors import OLDEST, PROCESSORS, as_on, processors
from zsr_lib.errors import UnknownNameError
from zsr_lib.reporting.references import load_references

THREADS = """
import os
from zsr_lib.reporting.claims import claim, queries_asked
queries_asked(100)
claim("ap", 0.5 + {by} * (os.environ.get("ZSR_THREADS") == "1"), "trained")
"""


def test_the_oldest_processor_can_be_stood_in_for_everywhere():
    assert OLDEST in processors()
    assert len(processors()) >= 8


def test_a_block_as_on_another_processor_leaves_the_environment_as_it_was(tmp_path):
    before = dict(os.environ)
    with as_on(OLDEST, tmp_path / "cache"):
        assert PROCESSORS[OLDEST].items() <= dict(os.environ).items()
        assert os.environ["ZSR_CACHE"] == str(tmp_path / "cache")
    assert dict(os.environ) == before


def test_finished_pictures_are_taken_along_and_features_are_not(tmp_path, monkeypatch):
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "own"))
    for name in ("scenes-64px-river-ab", "scenes-64px-lake-ab.part", "generated-64px-ab", "finetuned-small_cnn-ab"):
        folder = tmp_path / "own" / "store" / name
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text("{}")
    with as_on(OLDEST, tmp_path / "cache"):
        assert sorted(path.name for path in Path(tmp_path, "cache", "store").iterdir()) == [
            "generated-64px-ab",
            "scenes-64px-river-ab",
        ]


def test_an_unknown_processor_is_refused(tmp_path):
    with pytest.raises(UnknownNameError, match="processor"), as_on("zilog", tmp_path):
        pass


def test_a_training_that_moves_a_little_is_blessed_and_green_elsewhere(small):
    small.source("01_small").write_text(notebook(THREADS.format(by=1e-4)))
    bless_chapters(small, small.chapters(), "quick", "first", say=lambda _: None)
    known = load_references(small.root / "reported" / "generated-quick" / "01_small.yaml")
    assert set(known.elsewhere) == set(processors())
    assert known.elsewhere[OLDEST] == {"moved": 1, "key": "ap", "by": 1e-4}
    assert training_chapters(small, "generated-quick") == small.chapters()
    rows = check_elsewhere(small, ["oldest"], small.chapters(), "quick")
    assert [(row.chapter, row.key, row.verdict) for row in rows] == [(f"01_small ({OLDEST})", "ap", "pass")]


def test_a_number_that_moved_elsewhere_alone_is_red_there(small):
    small.source("01_small").write_text(notebook(THREADS.format(by=0.0)))
    bless_chapters(small, small.chapters(), "quick", "first", say=lambda _: None)
    small.source("01_small").write_text(notebook(THREADS.format(by=0.01)))
    assert [row.passed for row in check_elsewhere(small, ["haswell"], small.chapters(), "quick")] == [True]
    assert [row.verdict for row in check_elsewhere(small, [OLDEST], small.chapters(), "quick")] == ["drifted"]
