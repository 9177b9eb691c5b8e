import pytest

from zsr_lib.book.project import Project
from zsr_lib.book.prose import typed_numbers


def findings(tmp_path, text):
    (tmp_path / "page.md").write_text(text)
    return list(typed_numbers(tmp_path / "page.md"))


@pytest.mark.parametrize("text", ["We reach 0.686.", "an AP of .53 here", "about 12.5 s", "accuracy is 45 %", "45.1%"])
def test_a_typed_result_is_found(tmp_path, text):
    assert len(findings(tmp_path, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "{glue:text}`ap:.3f` of 14 classes",
        "chapter 4, in 2020, with 21 classes",
        "by hand: $0.5 + 0.25 = 0.75$",
        "the setting `alpha=0.25`",
        "```{code-cell} ipython3\nx = 0.75\n```",
        "---\nversion: 0.13\n---\n",
        "METHODS.md §8.12 and version 1.0.4",
    ],
)
def test_everything_else_is_left_alone(tmp_path, text):
    assert findings(tmp_path, text) == []


def test_the_line_is_named(tmp_path):
    assert findings(tmp_path, "one\n\nthree 0.25\n") == ["page.md:3: 0.25"]


def test_no_chapter_of_this_book_types_a_result():
    project = Project.find()
    assert [finding for name in project.chapters() for finding in typed_numbers(project.source(name))] == []
