from pathlib import Path

import pytest
import yaml
from pybtex.database import parse_file

from zsr_lib.book.project import Project
from zsr_lib.book.site import build_html, stage, with_letters
from zsr_lib.book.vendored import PACKAGES
from zsr_lib.errors import ZsrError

ENTRY = "@article{%s,\n  author = {%s},\n  title = {In the year 2020},\n  year = {2020}\n}\n"
REFERENCES = Project.find(Path(__file__).parent).root / "book" / "references.bib"
NOT_FOUND = {"qi2016siamese", "chaudhuri2021attention", "li2014parts"}
"""Entries whose DOI or arXiv number nobody has looked up yet; better none than a wrong one."""


@pytest.fixture
def ready(small):
    """A checkout with npm packages, a page and static files."""
    for package in PACKAGES:
        for part in package.parts:
            path = small.root / "book" / "node_modules" / package.name / package.folder / part
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
    (small.root / "book" / "static").mkdir()
    (small.root / "book" / "static" / "zsr.css").write_text("p {}")
    (small.root / "book" / "index.md").write_text("# Welcome\n")
    toc = {"format": "jb-book", "root": "book/index"}
    (small.root / "_toc.yml").write_text(yaml.safe_dump(toc))
    config = {"title": "small", "launch_buttons": {"colab_url": "https://colab.example"}, "html": {}}
    (small.root / "_config.yml").write_text(yaml.safe_dump(config))
    return small


def staged_configuration(project):
    return yaml.safe_load((stage(project, []) / "_config.yml").read_text())


def test_pages_and_static_files_are_staged_and_npm_is_not(ready):
    staged = stage(ready, [])
    assert (staged / "book" / "index.md").is_file()
    assert (staged / "_static" / "zsr.css").is_file()
    assert not list(staged.rglob("node_modules"))


def test_launch_buttons_need_a_repository(ready, monkeypatch):
    monkeypatch.delenv("ZSR_REPOSITORY", raising=False)
    assert "launch_buttons" not in staged_configuration(ready)
    monkeypatch.setenv("ZSR_REPOSITORY", "https://example.org/book")
    content = staged_configuration(ready)
    assert content["launch_buttons"] == {"colab_url": "https://colab.example"}
    assert content["repository"]["url"] == "https://example.org/book"


def test_without_npm_packages_nothing_is_built(small):
    with pytest.raises(ZsrError, match="make setup"):
        build_html(small, small.root)


@pytest.mark.book
def test_a_warning_stops_the_build_and_keeps_the_last_good_pages(ready):
    pages = build_html(ready, stage(ready, []))
    good = (pages / "index.html").read_text()
    assert (pages / "_static" / "katex" / "katex.min.css").is_file()

    (ready.root / "book" / "index.md").write_text("# Welcome\n\n[nowhere](no_such_page.md)\n")
    with pytest.raises(ZsrError, match="no_such_page"):
        build_html(ready, stage(ready, []))
    assert (pages / "index.html").read_text() == good


def test_what_would_be_cited_alike_gets_letters():
    three, others = "Li, A and Wu, B and Xu, C", "Li, A and Yu, D and Zu, E"
    text = ENTRY % ("one", three) + ENTRY % ("two", "Li, A") + ENTRY % ("three", others)
    lettered = with_letters(text)
    assert [lettered.count(f"year = {{{year}}}") for year in ("2020", "2020a", "2020b")] == [1, 1, 1]
    assert lettered.index("2020a}") < lettered.index("{two,") < lettered.index("2020b}")
    assert lettered.count("In the year 2020") == 3


def test_entries_of_other_years_or_authors_stay():
    text = ENTRY % ("one", "Li, A") + ENTRY % ("two", "Wu, B")
    assert with_letters(text) == text


def test_the_books_own_references_stay_readable():
    assert len(parse_file(REFERENCES).entries) == with_letters(REFERENCES.read_text()).count("\n@") + 1


def test_entries_say_where_they_can_be_read():
    entries = parse_file(REFERENCES).entries
    without = {key for key, entry in entries.items() if not {"doi", "eprint", "url"} & set(entry.fields)}
    assert without == NOT_FOUND
