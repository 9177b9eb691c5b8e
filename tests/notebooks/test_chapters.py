"""Every chapter keeps the house style that can be checked without executing it."""

import jupytext
import pytest

from zsr_lib.book.project import Project

PROJECT = Project.find()
LONGEST_CELL, WIDEST_LINE = 25, 88


def cells(chapter, kind):
    notebook = jupytext.read(PROJECT.source(chapter), fmt="md:myst")
    return [cell for cell in notebook.cells if cell.cell_type == kind]


pytestmark = pytest.mark.parametrize("chapter", PROJECT.chapters())


def test_no_cell_is_long_or_wide(chapter):
    lines = [cell.source.splitlines() for cell in cells(chapter, "code")]
    assert [cell[0] for cell in lines if len(cell) > LONGEST_CELL] == []
    assert [line for cell in lines for line in cell if len(line) > WIDEST_LINE] == []


def test_it_starts_with_a_promise_and_declares_its_parameters(chapter):
    first = cells(chapter, "markdown")[0].source
    assert first.startswith("# ")
    for word in ("After this chapter", "To read:", "To run:", "Needs:"):
        assert word in first
    declared = next(cell.source for cell in cells(chapter, "code") if "parameters" in cell.metadata.get("tags", []))
    assert [line.split(" = ")[0] for line in declared.splitlines()] == ["profile", "data", "seed"]


def test_it_has_the_sections_of_a_chapter(chapter):
    text = "\n".join(cell.source for cell in cells(chapter, "markdown"))
    for heading in ("The idea", "The minimal mathematics", "By hand", "What could go wrong", "Exercises", "Summary"):
        assert f"\n## {heading}" in text
    assert "**Next:**" in text


def test_it_shows_the_library_and_states_numbers_through_keys(chapter):
    code = "\n".join(cell.source for cell in cells(chapter, "code"))
    assert "show_source(" in code
    assert "claim(" in code
    assert "{glue:text}" in PROJECT.source(chapter).read_text()


def test_exercises_have_executed_folded_solutions(chapter):
    text = PROJECT.source(chapter).read_text()
    exercises, solutions = text.count("{exercise-start}"), text.count("{solution-start}")
    assert 3 <= exercises <= 5
    assert solutions == exercises == text.count(":class: dropdown")


def test_it_is_committed_without_outputs(chapter):
    assert not list(PROJECT.root.glob(f"notebooks/**/{chapter}.ipynb"))
    assert all(not cell.get("outputs") for cell in cells(chapter, "code"))


def test_figures_have_captions_and_alternative_text(chapter):
    drawing = [
        cell for cell in cells(chapter, "code") if "plt.subplots" in cell.source or "contact_sheet(" in cell.source
    ]
    for cell in drawing:
        settings = cell.metadata.get("mystnb", {})
        assert settings.get("figure", {}).get("caption"), cell.source
        assert len(settings.get("image", {}).get("alt", "").split()) > 4, cell.source
