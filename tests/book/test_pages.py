"""The built pages in a real browser, as a reader on a desktop and on a phone sees them."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.browser import Visit, chromium, served, stroke
from zsr_lib.book.project import Project

pytestmark = [pytest.mark.browser, pytest.mark.book, pytest.mark.xdist_group("pages")]

PROJECT = Project.find(Path(__file__).parent)
TOC = yaml.safe_load((PROJECT.root / "_toc.yml").read_text())
PAGES = [TOC["root"], *(entry["file"] for part in TOC["parts"] for entry in part["chapters"])]
CHAPTERS = [page for page in PAGES if page.startswith("notebooks/")]
WIDTHS = {"desktop": 1280, "phone": 390}


@pytest.fixture(scope="session")
def site():
    """The book, built if anything changed, served on this machine."""
    chromium()
    zsr = Path(sys.executable).with_name("zsr")
    done = subprocess.run(
        [zsr, "book", "build", "--wait", "900"], cwd=PROJECT.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with served(PROJECT.build / "html") as address:
        yield address


@pytest.fixture
def visit(site, chrome):
    opened = []

    def open_page(path, width=WIDTHS["desktop"]):
        opened.append(Visit(chrome, site, path, width))
        return opened[-1]

    yield open_page
    for one in opened:
        one.page.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_nobody_else_for_anything(visit, path):
    page = visit(path)
    assert page.response.ok
    assert page.outside == []
    assert page.complaints == []


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_the_screen(visit, path, width):
    page = visit(path, width)
    assert page.ask("document.scrollingElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_every_picture_is_there_and_is_described(visit, path):
    pictures = visit(path).ask(
        "[...document.querySelectorAll('article img')].map(i => [i.naturalWidth, i.getAttribute('alt') || '', i.src])"
    )
    assert [picture for picture in pictures if not picture[0] or len(picture[1].split()) < 4] == []


@pytest.mark.parametrize("path", CHAPTERS)
def test_mathematics_is_typeset_without_a_cdn(visit, path):
    page = visit(path)
    formulas = page.ask("document.querySelectorAll('article .math').length")
    page.page.wait_for_function(
        "document.querySelectorAll('article .math mjx-container').length >= "
        "document.querySelectorAll('article .math').length"
    )
    assert formulas > 0


@pytest.mark.parametrize("path", CHAPTERS)
def test_a_chapter_has_its_parts(visit, path):
    page = visit(path)
    text = page.ask("document.querySelector('article').innerText")
    headings = [line.strip("# ") for line in page.ask("[...document.querySelectorAll('h2')].map(h => h.innerText)")]
    assert {"Exercises", "Summary"} <= {heading.split("\n")[0].strip() for heading in headings}
    assert "Run record" in text
    solutions = page.ask("document.querySelectorAll('div.solution').length")
    folded = page.ask("document.querySelectorAll('div.solution.dropdown.toggle-hidden').length")
    assert 3 <= solutions <= 5
    assert folded == solutions


@pytest.mark.parametrize("path", CHAPTERS)
def test_the_badge_leads_to_the_chapters_numbers(visit, path):
    page = visit(path)
    page.page.click("article a.sd-badge")
    page.page.wait_for_load_state()
    assert "/book/every_number.html#numbers-" in page.page.url


@pytest.mark.parametrize("path", PAGES)
def test_links_inside_the_book_lead_somewhere(visit, path):
    page = visit(path)
    links = page.ask("[...document.querySelectorAll('a[href]')].map(a => a.href.split('#')[0])")
    inside = {link for link in links if link.startswith(page.response.url.split("/", 3)[0] + "//127.0.0.1")}
    broken = [link for link in sorted(inside) if not page.page.request.get(link).ok]
    assert broken == []


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_strokes_on_the_page_find_photos(visit, width):
    page = visit("notebooks/15_draw_a_query", width)
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
