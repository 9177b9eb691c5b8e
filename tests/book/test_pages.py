"""The built pages in a real browser, as a reader on a desktop and on a phone sees them."""

import re
from pathlib import Path

import pytest
import yaml

from tests.book.conftest import WIDTHS
from tests.browser import stroke
from zsr_lib.book.project import Project

pytestmark = [pytest.mark.browser, pytest.mark.book, pytest.mark.xdist_group("pages")]

PROJECT = Project.find(Path(__file__).parent)
TOC = yaml.safe_load((PROJECT.root / "_toc.yml").read_text())
PAGES = [TOC["root"], *(entry["file"] for part in TOC["parts"] for entry in part["chapters"])]
CHAPTERS = [page for page in PAGES if page.startswith("notebooks/")]


def unanswered(page):
    return [] if page.response.ok else [page.response.status]


def asks_somebody_else(page):
    return page.outside


def complains(page):
    return page.complaints


def wider_than_the_screen(page):
    width = page.ask("document.scrollingElement.scrollWidth")
    return [] if width <= page.page.viewport_size["width"] else [width]


def pictures_missing_or_not_described(page):
    """Pictures that nobody has come near are not loaded yet, nor are those of the other theme."""
    pictures = page.ask(
        "(async () => { const all = [...document.querySelectorAll('article img')];"
        " await Promise.allSettled(all.map(i => { i.loading = 'eager'; return i.decode(); }));"
        " return all.map(i => [i.naturalWidth, i.getAttribute('alt') || '', i.src]); })()"
    )
    return [picture for picture in pictures if not picture[0] or len(picture[1].split()) < 4]


def links_inside_the_book_that_lead_nowhere(page):
    links = page.ask("[...document.querySelectorAll('a[href]')].map(a => a.href.split('#')[0])")
    inside = {link for link in links if link.startswith(page.response.url.split("/", 3)[0] + "//127.0.0.1")}
    return [link for link in sorted(inside) if not answers(page.page.request, link)]


def formulas_not_set(page):
    """Each stands as MathML, for those who listen, and as HTML with the fonts of the site."""
    formulas, *set_as = page.ask(
        "['', ' math', ' .katex-html'].map(inner => document.querySelectorAll('article .math' + inner).length)"
    )
    return [] if set_as == [formulas, formulas] else [(formulas, set_as)]


def parts_that_a_chapter_lacks(page):
    text = page.ask("document.querySelector('article').innerText")
    headings = [line.strip("# ") for line in page.ask("[...document.querySelectorAll('h2')].map(h => h.innerText)")]
    lacking = {"Exercises", "Summary"} - {heading.split("\n")[0].strip() for heading in headings}
    return sorted(lacking | ({"Run record"} if "Run record" not in text else set()))


def solutions_too_few_too_many_or_not_folded(page):
    solutions, folded = page.ask(
        "['', '.dropdown.toggle-hidden'].map(kind => document.querySelectorAll('div.solution' + kind).length)"
    )
    return [] if 3 <= solutions <= 5 and folded == solutions else [(solutions, folded)]


def badge_that_leads_elsewhere(page):
    """Follows it, so it comes last."""
    page.page.click("article a.sd-badge")
    page.page.wait_for_load_state()
    return [] if "/book/every_number.html#numbers-" in page.page.url else [page.page.url]


ANY_WIDTH = (unanswered, asks_somebody_else, complains, wider_than_the_screen)
ONCE = (pictures_missing_or_not_described, links_inside_the_book_that_lead_nowhere)
OF_CHAPTERS = (
    *(formulas_not_set, parts_that_a_chapter_lacks),
    *(solutions_too_few_too_many_or_not_folded, badge_that_leads_elsewhere),
)
ANSWERS: dict[str, bool] = {}


def answers(request, link):
    """Whether an address of the site answers; every page links to every other, so each is asked for once."""
    if link not in ANSWERS:
        ANSWERS[link] = request.get(link).ok
    return ANSWERS[link]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_on_a_desktop_is_whole(visit_page, path):
    page = visit_page(path)
    checks = ANY_WIDTH + ONCE + (OF_CHAPTERS if path in CHAPTERS else ())
    assert {check.__name__: found for check in checks if (found := check(page))} == {}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_on_a_phone_fits(visit_page, path):
    page = visit_page(path, WIDTHS["phone"])
    assert {check.__name__: found for check in ANY_WIDTH if (found := check(page))} == {}


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_strokes_on_the_page_find_photos(visit_page, width):
    page = visit_page("notebooks/19_draw_a_query", width)
    page.page.locator(".zsr-draw").scroll_into_view_if_needed()
    page.page.wait_for_selector(".zsr-draw[data-state=ready]")
    for x in (100, 150):
        stroke(page.page, (x, 20), (x, 236))
    results = page.page.locator(".zsr-draw-results li")
    results.nth(11).wait_for()
    assert results.count() == 12
    assert results.first.inner_text().startswith("1. ")
    assert page.complaints == []
    assert page.outside == []


@pytest.mark.parametrize("path", CHAPTERS)
def test_a_page_shows_no_bookkeeping_and_its_notebook_has_all_of_it(path):
    shown = (PROJECT.build / "html" / f"{path}.html").read_text()
    given = (PROJECT.build / "html" / "_sources" / f"{path}.ipynb").read_text()
    assert not re.search(r">(claim|claim_table|uses|audited|queries_asked|word)</span><span class=\"p\">\(", shown)
    assert "claim(" in given
