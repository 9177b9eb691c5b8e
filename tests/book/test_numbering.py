import re
from itertools import count
from pathlib import Path

import pytest

from zsr_lib.book.numbering import places, renumbered, with_labels
from zsr_lib.book.project import Project

CHAPTERS = ["01_data", "02_splits", "05_first", "11_tokens"]


def test_chapters_are_numbered_by_the_contents():
    assert places(CHAPTERS) == {1: 1, 2: 2, 5: 3, 11: 4}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("As in [chapter 11](11_tokens).", "As in [chapter 4](11_tokens)."),
        ("Chapter 5's loss", "Chapter 3's loss"),
        ("chapters 2, 5 and 11", "chapters 2, 3 and 4"),
        ("chapter 7 of their book", "chapter 7 of their book"),
        ("11 chapters", "11 chapters"),
    ],
)
def test_prose_calls_a_chapter_by_the_number_of_its_file_and_pages_by_its_place(text, seen):
    assert renumbered(text, CHAPTERS) == seen


def test_formulas_in_lines_of_their_own_get_labels():
    text = "A\n\n$$\na = b\n$$\n\nand $x$\n\n$$\nc\n$$ (own)\n\n$$\nd\n$$\n"
    labels = (f"eq-{number}" for number in count(1))
    assert with_labels(text, labels) == text.replace("b\n$$", "b\n$$ (eq-1)").replace("d\n$$", "d\n$$ (eq-2)")


def test_the_readme_and_the_first_page_name_every_chapter():
    project = Project.find(Path(__file__).parent)
    chapters = project.chapters()
    readme = (project.root / "README.md").read_text()
    rows = re.findall(r"^\| (\d+) \| \[.*?\]\(notebooks/(\w+)\.md\)", readme, re.MULTILINE)
    assert rows == [(str(place), name) for place, name in enumerate(chapters, start=1)]
    linked = re.findall(r"\[\]\(\.\./notebooks/(\w+)\)", (project.root / "book" / "index.md").read_text())
    assert linked == chapters
