from pathlib import Path

from pybtex.database import parse_file

from zsr_lib.book.citations import with_letters
from zsr_lib.book.project import Project

ENTRY = "@article{%s,\n  author = {%s},\n  title = {In the year 2020},\n  year = {2020}\n}\n"
REFERENCES = Project.find(Path(__file__).parent).root / "book" / "references.bib"
NOT_FOUND = {"qi2016siamese", "chaudhuri2021attention", "li2014parts"}
"""Entries whose DOI or arXiv number nobody has looked up yet; better none than a wrong one."""


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
