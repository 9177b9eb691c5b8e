import nbformat
import pytest

from zsr_lib.book.cli import QUOTED_FROM
from zsr_lib.book.project import Project
from zsr_lib.book.prose import QUOTED, claimed_constants, misquoted_numbers, printed_numbers, typed_numbers
from zsr_lib.reporting.claims import HIDDEN
from zsr_lib.reporting.executed import Claim
from zsr_lib.reporting.references import Reference, References, save_references


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
        "ahead on 25 of 25 classes",
        "in 9 out of the 10 choices",
        "twice as good as chance",
        "Three times as high as the others",
        "| 0.25 | x |",
        "AP 0,93 in all",
        "right for eighty-five per cent of all queries",
        "at 93&nbsp;% of the tiles",
        "three times more than before",
        "a threefold gain",
        "¾ of all classes",
        "right in 0.<b>93</b> of all",
        "AP 0&#46;93",
        "AP ０．９３",
        "AP 0.\u200b93",
        "AP 0·93",
        "{abbr}`0.93 (AP)`",
        "nine in ten queries",
        "two thirds of the gallery",
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
        "one of the ten, twice, half a line down",
        "quoted as 0.59<!-- 04_maps/ap -->",
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
    root = Project.find().root
    pages = [*sorted((root / "book").glob("*.md")), root / "README.md"]
    assert [finding for page in pages for finding in typed_numbers(page)] == []
    assert [finding for page in pages for finding in misquoted_numbers(page, root / "reported" / QUOTED_FROM)] == []


def test_a_decimal_typed_into_the_readme_is_found(tmp_path):
    text = (Project.find().root / "README.md").read_text()
    quote = next(QUOTED.finditer(text)).group()
    for edit in (text.replace(quote, "0.99"), text + "\nOn every page AP rises by 0.1.\n"):
        assert len(findings(tmp_path, edit)) == 1


@pytest.fixture
def known(tmp_path):
    claims = {"ap": Reference(Claim("ap", 0.5884, "tight")), "n": Reference(Claim("n", 25, "exact"))}
    save_references(tmp_path / "04_maps.yaml", References(claims, {}))
    return tmp_path


@pytest.mark.parametrize("text", ["0.59<!-- 04_maps/ap -->", "0.588<!-- 04_maps/ap -->", "59 %<!-- 04_maps/ap -->",
                                  "all 25<!-- 04_maps/n -->"])  # fmt: skip
def test_a_number_that_is_quoted_as_it_is_passes(known, text):
    (known / "page.md").write_text(text)
    assert list(misquoted_numbers(known / "page.md", known)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("one\n0.69<!-- 04_maps/ap -->", "page.md:2: 0.69, but ap is 0.5884"),
        ("24<!-- 04_maps/n -->", "page.md:1: 24, but n is 25"),
        ("0.59<!-- 04_maps/map -->", "page.md:1: there is no 04_maps/map"),
        ("0.59<!-- 05_maps/ap -->", "page.md:1: there is no 05_maps/ap"),
    ],
)
def test_a_number_that_is_quoted_otherwise_is_named(known, text, said):
    (known / "page.md").write_text(text)
    assert list(misquoted_numbers(known / "page.md", known)) == [said]


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


TABLE = "| margin | AP |\n| --- | ---: |\n| 0.5 | 0.686 |\n| 1.5 | %s |"


@pytest.mark.parametrize(
    ("shows", "told"),
    [
        ({"text/markdown": TABLE % "0.7"}, {"zsr": {"shows": ["a"]}}),
        ({"text/markdown": TABLE % "7 of 10"}, {"zsr": {"shows": ["a"]}}),
        ({"text/markdown": TABLE % ""}, {"zsr": {"shows": []}}),
        ({"text/plain": "ap = 0.7, 0.686"}, {"zsr": {"shows": ["ap"]}}),
        ({f"{HIDDEN}text/plain": "0.7"}, {"zsr": {}, "scrapbook": {"name": "ap"}}),
        ({f"{HIDDEN}text/plain": "'AP 0.7'"}, {"scrapbook": {"name": "ap"}}),
    ],
)
def test_what_is_shown_or_glued_beside_the_claims_is_found(tmp_path, shows, told):
    assert executed(tmp_path, nbformat.v4.new_output("display_data", data=shows, metadata=told))


def test_tables_of_claims_pass_with_the_names_of_their_rows(tmp_path):
    output = {"data": {"text/markdown": TABLE % "0.7"}, "metadata": {"zsr": {"shows": ["a", "b"]}}}
    assert executed(tmp_path, nbformat.v4.new_output("display_data", **output)) == []


def test_captions_and_alternative_texts_are_read(tmp_path):
    cell = "```{code-cell} ipython3\n---\nmystnb:\n  figure:\n    caption: AP is 0.686\n---\nx = 0.75\n```\n"
    assert findings(tmp_path, cell) == ["page.md:5: 0.686"]


@pytest.mark.parametrize(
    "call", ['claim("ap", 0.93, tier="exact")', 'claim("ap", 0.9 + 0.03, "tight")', 'claim("n", 7, "exact")']
)
def test_a_number_that_a_cell_claims_and_does_not_compute_is_found(tmp_path, call):
    (tmp_path / "page.md").write_text(
        f"```{{code-cell}} ipython3\n---\ntags: [x]\n---\n%matplotlib inline\nif True:\n    {call}\n```\n"
    )
    assert len(list(claimed_constants(tmp_path / "page.md"))) == 1


@pytest.mark.parametrize(
    "call",
    ['claim("ap", ap, tier="exact")', 'claim("n", 25 * 25, "exact")', 'claim("p", 0.6, tier="published", source="s")'],
)
def test_a_number_that_is_computed_or_cited_may_be_claimed(tmp_path, call):
    (tmp_path / "page.md").write_text(f"```{{code-cell}} ipython3\n{call}\n```\n")
    assert not list(claimed_constants(tmp_path / "page.md"))


def test_a_number_in_html_that_a_cell_shows_is_found(tmp_path):
    shown = {"text/plain": "<HTML>", "text/html": "<style>p {margin: 0.5em}</style><p title='0.1'>AP <b>0.93</b></p>"}
    output = nbformat.v4.new_output("display_data", data=shown)
    cell = nbformat.v4.new_code_cell("show()", outputs=[output])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "page.ipynb")
    assert [each.rpartition(" ")[2] for each in printed_numbers(tmp_path / "page.ipynb")] == ["0.93"]


@pytest.mark.parametrize("head", [":tags: [remove-cell]\n\n", "---\ntags: [remove-input]\n---\n"])
def test_a_claim_in_a_cell_that_no_page_shows_is_found(tmp_path, head):
    page = tmp_path / "01.md"
    for line, count in (("claim('ap', ap(codes), 'tight')", 1), ("claim_table('t', rows, 'tight')", 1), ("ap = 1", 0)):
        page.write_text(f"```{{code-cell}} ipython3\n{head}{line}\n```\n")
        assert len(list(claimed_constants(page))) == count
