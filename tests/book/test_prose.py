import nbformat
import pytest

from zsr_lib.book.project import Project
from zsr_lib.book.prose import printed_numbers, typed_numbers


def findings(tmp_path, text):
    (tmp_path / "page.md").write_text(text)
    return list(typed_numbers(tmp_path / "page.md"))


@pytest.mark.parametrize(
    "text",
    [
        "We reach 0.686.",
        "an AP of .53 here",
        "about 12.5 s",
        "accuracy is 45 %",
        "45.1%",
        "a drop of -0.25",
        "below 1e-3",
        "47 percent",
        "only `3.2` here",
        "<0.5 of all",
        "| 0.25 | x |",
    ],
)
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


def test_no_page_of_this_book_types_a_result():
    pages = sorted((Project.find().root / "book").glob("*.md"))
    assert [finding for page in pages for finding in typed_numbers(page)] == []


def executed(tmp_path, *outputs):
    cell = nbformat.v4.new_code_cell("...", outputs=list(outputs))
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "page.ipynb")
    return list(printed_numbers(tmp_path / "page.ipynb"))


def test_a_printed_result_is_found(tmp_path):
    printed = nbformat.v4.new_output("stream", text="AP is 0.686\n14 classes")
    value = nbformat.v4.new_output("execute_result", data={"text/plain": "0.25"})
    assert executed(tmp_path, printed, value) == ["page.ipynb, cell 1: 0.686", "page.ipynb, cell 1: 0.25"]


@pytest.mark.parametrize(
    ("data", "metadata"),
    [
        ({"text/plain": "ap = 0.686"}, {"zsr": {"shows": ["ap"]}}),
        ({"text/plain": "<Figure 0.5>", "image/png": "..."}, {}),
        ({"text/markdown": "```python\nx = 0.75\n```\nend", "text/plain": "0.75"}, {}),
        ({"text/plain": "14 classes"}, {}),
    ],
)
def test_keys_pictures_listings_and_whole_numbers_pass(tmp_path, data, metadata):
    assert executed(tmp_path, nbformat.v4.new_output("display_data", data=data, metadata=metadata)) == []


def test_captions_and_alternative_texts_are_read(tmp_path):
    cell = "```{code-cell} ipython3\n---\nmystnb:\n  figure:\n    caption: AP is 0.686\n---\nx = 0.75\n```\n"
    assert findings(tmp_path, cell) == ["page.md:5: 0.686"]
