"""What the built pages weigh, whether they stand still, can be read in both themes, without scripts, and on paper."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.book.conftest import WIDTHS

pytestmark = [pytest.mark.browser, pytest.mark.book, pytest.mark.xdist_group("pages")]

LANDING, EVERY_NUMBER = "book/index", "book/every_number"
CHAPTERS = ("notebooks/01_sketches_and_aerial_photos", "notebooks/06_zscmr")
TABLES = ("book/leaderboard", "book/published", EVERY_NUMBER)
PAGES = (LANDING, *CHAPTERS, *TABLES)
HEAVIEST = {LANDING: 1_000_000} | dict.fromkeys(CHAPTERS, 2_500_000)
"""Bytes, all pictures that a reader of the light theme comes by included."""
SHIFT = """window.shift = 0;
const add = each => (window.shift += each.hadRecentInput ? 0 : each.value);
new PerformanceObserver(list => list.getEntries().forEach(add)).observe({ type: "layout-shift", buffered: true });"""
SHORTEN = "document.querySelectorAll('article tbody > tr:nth-child(n + 13)').forEach(each => each.remove())"
"""All rows of a table look alike, and the check of a page with thousands of them takes most of a minute."""
SCROLL = """async () => { for (let y = 0; y < Math.min(document.body.scrollHeight, 20000); y += 600) {
  window.scrollTo({ top: y, behavior: "instant" }); await new Promise(done => setTimeout(done, 20)); } }"""


@pytest.fixture
def context(chrome):
    """A function that opens a window of its own, with options of the browser's."""
    opened = []

    def open_context(**options):
        opened.append(chrome.new_context(**options))
        opened[-1].set_default_timeout(120_000)
        return opened[-1]

    yield open_context
    for one in opened:
        one.close()


@pytest.mark.parametrize("path", HEAVIEST)
def test_a_page_is_light(built, context, path):
    page, weights = context(viewport={"width": WIDTHS["desktop"], "height": 900}).new_page(), {}
    page.on("response", lambda response: weights.update({response.url: len(response.body())}) if response.ok else None)
    page.goto(f"{built}/{path}.html", wait_until="networkidle")
    page.evaluate(SCROLL)
    page.wait_for_load_state("networkidle")
    assert sum(weights.values()) <= HEAVIEST[path], sorted(weights.items(), key=lambda each: -each[1])[:5]


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_nothing_moves_while_a_page_loads(built, context, path, width):
    page = context(viewport={"width": width, "height": 900})
    page.add_init_script(SHIFT)
    page = page.new_page()
    page.goto(f"{built}/{path}.html", wait_until="networkidle")
    page.evaluate(SCROLL)
    assert page.evaluate("window.shift") <= 0.1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PAGES, "book/glossary"])
def test_words_stand_out_from_what_is_behind_them(built, context, path, theme):
    window = context(viewport={"width": WIDTHS["desktop"], "height": 900})
    window.add_init_script(f"for (const key of ['mode', 'theme']) localStorage.setItem(key, '{theme}')")
    page = window.new_page()
    page.goto(f"{built}/{path}.html")
    page.evaluate(SHORTEN)
    found = Axe().run(page, options={"runOnly": ["color-contrast"], "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_theme_has_figures_of_its_own(built, context, theme):
    window = context()
    window.add_init_script(f"for (const key of ['mode', 'theme']) localStorage.setItem(key, '{theme}')")
    page = window.new_page()
    page.goto(f"{built}/{CHAPTERS[1]}.html")
    assert page.locator(f"article .only-{theme}:visible").count() > 0
    other = {"light": "dark", "dark": "light"}[theme]
    assert page.locator(f"article .only-{other}:visible").count() == 0


def test_without_scripts_formulas_are_set_and_icons_are_drawn(built, context):
    page = context(java_script_enabled=False).new_page()
    page.goto(f"{built}/{CHAPTERS[1]}.html")
    formula = page.locator("article div.math .katex-html").first
    assert formula.bounding_box()["height"] > 15
    assert "\\" not in formula.inner_text()
    icon = "getComputedStyle(document.querySelector('.bd-article-container .fa-bars'), '::before').fontFamily"
    assert "Font Awesome" in page.evaluate(icon)


def test_numbers_are_folded_by_chapter_and_can_be_filtered(built, context):
    page = context(viewport={"width": WIDTHS["phone"], "height": 900}).new_page()
    page.goto(f"{built}/{EVERY_NUMBER}.html#numbers-04-one-ranking-many-maps")
    page.wait_for_selector(".published-controls.ready")
    assert page.locator("details.board[open]").count() == 1
    assert page.evaluate("document.body.scrollHeight") < 20_000
    page.get_by_label("words").fill("sketchy")
    rows = page.locator("details.board tbody tr:visible")
    assert rows.count() > 0
    assert all("sketchy" in text for text in rows.all_inner_texts())


def test_a_chapter_prints_whole(built, context):
    page = context(viewport={"width": WIDTHS["desktop"], "height": 900}).new_page()
    page.goto(f"{built}/{CHAPTERS[0]}.html", wait_until="networkidle")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 990})
    blocks = "[...document.querySelectorAll('article pre, article table')].filter(e => e.offsetParent)"
    for cut in ("e.getBoundingClientRect().right > innerWidth + 1", "e.scrollWidth > e.clientWidth + 1"):
        assert page.evaluate(f"{blocks}.filter(e => {cut}).map(e => e.innerText.slice(0, 60))") == []
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) > 1


def test_chapters_figures_exercises_and_equations_are_numbered_by_the_contents(built, context):
    page = context().new_page()
    page.goto(f"{built}/notebooks/06_zscmr.html")
    numbers = page.locator(".bd-sidebar-primary li.toctree-l1 > a").all_inner_texts()
    numbered = [int(text.split(".")[0]) for text in numbers if text[:1].isdigit()]
    assert numbered == list(range(1, len(numbered) + 1))
    place = page.locator("h1 .section-number").last.inner_text().strip()
    assert place == f"{numbered[5]}."
    captions = page.locator("article .caption-number").all_inner_texts()
    assert {text.split()[0] for text in captions} >= {"Fig.", "Exercise"}
    assert all(text.split()[1].startswith(place) for text in captions)
    assert page.locator("article .eqno").first.inner_text().startswith(f"({place}1)")


def test_a_wide_table_scrolls_under_its_first_column(built, context):
    page = context(viewport={"width": WIDTHS["phone"], "height": 900}).new_page()
    page.goto(f"{built}/{CHAPTERS[1]}.html")
    wide = "[...document.querySelectorAll('.pst-scrollable-table-container')].find(e => e.scrollWidth > 450)"
    page.evaluate(f"{wide}.scrollLeft = 50")
    edges = [f"{wide}{cell}.getBoundingClientRect().left" for cell in ("", ".querySelector('tbody :is(th, td)')")]
    left, first = (page.evaluate(edge) for edge in edges)
    assert abs(left - first) < 2
    assert page.evaluate("document.scrollingElement.scrollWidth") <= WIDTHS["phone"]
