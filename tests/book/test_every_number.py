from zsr_lib.book.every_number import every_number_page
from zsr_lib.reporting.gate import Row

GOOD = Row("01_small", "photos", 12, 12, "exact", "pass")
BAD = Row("01_small", "a<p", 0.5, 0.25, "tight", "drifted")
RIGHT = "<tr><td><code>photos</code></td><td>12</td><td>12</td><td>exact</td><td>✓ pass</td></tr>"
WRONG = "<td><code>a&lt;p</code></td><td>0.5</td><td>0.25</td><td>tight</td><td>✗ drifted</td></tr>"


def page_of(*rows):
    return every_number_page(rows, {"01_small": "1. A small chapter"}, {"01_small": "A note."}, "3 stored")


def test_every_number_is_on_the_page_and_failures_come_first():
    page = page_of(GOOD, BAD)
    assert "RED, 1 of 2" in page
    assert "(numbers-01-small)=\n## 1. A small chapter\n\nA note." in page
    assert "2 numbers, 1 of them not as reported" in page
    assert "Of the runs in `reported/runs`: 3 stored." in page
    link = '<tr><td><a href="#numbers-01-small">1. A small chapter</a></td>'
    assert page.index(link + WRONG) < page.index("## 1. A small")
    assert page.index("## 1. A small") < page.index(f"<tr>{WRONG}") < page.index(RIGHT)


def test_where_all_is_as_reported_no_failures_are_listed():
    page = page_of(GOOD)
    assert "1 numbers, all as reported" in page
    assert "failures" not in page


def test_a_chapters_table_is_one_block_of_html():
    table = page_of(GOOD, BAD).partition("<details")[2].partition("</details>")[0]
    assert "\n\n" not in table
