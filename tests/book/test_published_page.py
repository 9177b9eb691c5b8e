"""The text of the page of published numbers."""

import re
from html.parser import HTMLParser

import pytest

from zsr_lib.book.published_page import published_page
from zsr_lib.reporting.published import published

NUMBERS = published().numbers


class Cells(HTMLParser):
    """The texts of a page's table cells, row by row."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.inside = [], False
        self.feed(text)

    def handle_starttag(self, tag, _):
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        self.inside = self.inside or tag in ("td", "th")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data):
        if self.inside:
            self.rows[-1][-1] += data


@pytest.fixture(scope="module")
def text():
    return published_page(published())


def test_the_table_has_every_number_as_printed(text):
    heads, *rows = Cells(text).rows
    assert len(rows) == len(NUMBERS)
    assert {len(row) for row in rows} == {len(heads)}
    place = heads.index("value")
    assert [row[place] for row in rows] == [number.value for number in NUMBERS]


def test_notes_and_sources_are_all_there(text):
    linked = set(re.findall(r'href="#(note-\d+)"', text))
    assert linked <= set(re.findall(r'id="(note-\d+)"', text))
    assert text.count("<li ") == len(published().footnotes)
    assert all(f"\n: {where}." in text for where in published().sources.values())


def test_the_html_block_has_no_empty_line_that_would_end_it(text):
    assert "\n\n" not in text[text.index("<div") : text.index("</div>")]
