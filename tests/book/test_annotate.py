from dataclasses import replace

import nbformat

from zsr_lib.book.annotate import annotate, badge, earned_text, moved_elsewhere, spoken
from zsr_lib.book.check import as_text, shown, summary
from zsr_lib.reporting.claims import HIDDEN
from zsr_lib.reporting.executed import Stated
from zsr_lib.reporting.gate import Row
from zsr_lib.reporting.record import Provenance
from zsr_lib.reporting.references import References

GOOD = Row("01_small", "photos", 12, 12, "exact", "pass")
BAD = Row("01_small", "ap", 0.5, 0.25, "tight", "drifted")


def test_the_badge_counts_what_moved():
    assert badge("01_small", [GOOD]) == "{bdg-ref-success}`1 numbers as reported <numbers-01-small>`\n"
    assert "danger}`1 of 2 numbers differ" in badge("01_small", [GOOD, BAD])


def test_a_chapter_gets_its_badge_and_its_run_record(tmp_path):
    path = tmp_path / "01_small.ipynb"
    cells = [nbformat.v4.new_markdown_cell("# A title\n\n*To run: an hour. Needs: air.*\n\nText.")]
    cells.append(nbformat.v4.new_code_cell('x = f()\nclaim("x", x, tier="exact")'))
    cells.append(nbformat.v4.new_code_cell('claim("y", 2, tier="exact")'))
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    record = {"provenance": Provenance.now({}).as_dict(), "seconds": 1.5, "parameters": {"profile": "quick"}}
    audits = {"extractor": "legacy; 'extractor' has seen unseen classes river"}
    annotate(path, [GOOD], Stated("01_small", {}, {"generated": "ab" * 32}, record, audits))
    made = nbformat.read(path, as_version=4).cells
    first, code, bookkeeping, last = (cell.source for cell in made)
    assert "*To run: about 10 seconds. Needs: air.*" in first
    assert (code, bookkeeping) == ("x = f()", "")
    assert ["remove-input" in cell.metadata.get("tags", []) for cell in made] == [False, False, True, False]
    assert first.startswith("# A title\n\n{bdg-ref-success}")
    assert first.endswith("Text.")
    assert "profile = quick" in last
    assert "generated abababababab" in last
    assert "extractor: legacy; 'extractor' has seen unseen classes river" in last


def lines_of(cell):
    return [output["data"]["text/plain"] for output in cell.outputs if "text/plain" in output["data"]]


def test_lines_of_one_cell_stand_in_one_block_and_a_table_parts_them(tmp_path):
    def shown(text, **more):
        data = {"text/plain": text} | more
        return nbformat.v4.new_output("display_data", data, metadata={"zsr": {"shows": [text]}})

    hidden = nbformat.v4.new_output("display_data", {f"{HIDDEN}text/plain": "1"})
    table = shown("a", **{"text/markdown": "| a | b |\n| --- | --- |"})
    outputs = [hidden, shown("a: 1"), hidden, shown("b: 2"), table, shown("c: 3")]
    cells = [nbformat.v4.new_markdown_cell("# T\n"), nbformat.v4.new_code_cell("f()", outputs=outputs)]
    path = tmp_path / "01_small.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    record = {"provenance": Provenance.now({}).as_dict(), "seconds": 1.5, "parameters": {}}
    annotate(path, [GOOD], Stated("01_small", {}, {}, record, {}))
    assert lines_of(nbformat.read(path, as_version=4).cells[1]) == ["a: 1\nb: 2", "a", "c: 3"]


def test_times_are_said_as_one_says_them():
    said = [spoken(seconds) for seconds in (1.5, 42, 56, 88, 95, 673)]
    assert said == [
        f"about {each}" for each in ("10 seconds", "40 seconds", "a minute", "a minute", "2 minutes", "11 minutes")
    ]


def test_a_chapter_says_when_it_was_executed_and_when_its_references_were_earned():
    still = {"moved": 0, "key": "", "by": 0.0}
    elsewhere = {"nehalem": {"moved": 1, "key": "ap", "by": 2e-7}, "zen": still}
    stated = Stated("01", {}, {}, {"provenance": {"date": "2026-02-02", "processor": "A (AVX2)"}})
    text = earned_text(stated, References({}, {"date": "2026-01-01"}, elsewhere=elsewhere))
    assert "*Re-executed* on 2026-02-02 on A (AVX2); references *re-earned on 2026-01-01* on an unknown" in text
    assert "As on nehalem, zen, up to 1 numbers of this chapter moved" in text
    assert "the furthest was `ap`, by 2e-07" in text
    assert earned_text(stated, None).endswith("no references.\n")


def test_a_chapter_that_moves_nowhere_says_so():
    still = {"nehalem": {"moved": 0, "key": "", "by": 0.0}}
    assert moved_elsewhere(still) == "As on nehalem, no number of this chapter moved when it was blessed.\n"
    assert moved_elsewhere({}) == ""


def test_a_red_gate_says_what_it_means():
    text = as_text([GOOD, replace(BAD, allowed=0.001)], failures_only=True)
    assert "'ap' of 01_small by 0.25, where 0.001 is allowed, on " in text
    assert "If you changed nothing" in text
    assert "If you changed" not in as_text([GOOD])


def test_the_terminal_table_can_leave_out_what_passed():
    assert "photos" not in as_text([GOOD, BAD], failures_only=True)
    assert as_text([GOOD], failures_only=True) == summary([GOOD]) == "gate: green, 1 of 1 numbers as reported"


def test_long_values_are_cut():
    assert shown("ab" * 32) == "abababababab" + "ab…"
    assert shown(1 / 3) == "0.333333"
    assert shown(None) == ""
