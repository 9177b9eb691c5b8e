"""The table of published numbers in a real browser, on a desktop and on a phone."""

import shutil
from pathlib import Path

import pytest
import yaml

from tests.book.conftest import make_checkout
from tests.browser import Visit, chromium, served
from zsr_lib.book.project import Project
from zsr_lib.book.published_page import PUBLISHED, published_page
from zsr_lib.book.site import build_html, stage
from zsr_lib.reporting.published import published

pytestmark = [pytest.mark.browser, pytest.mark.book, pytest.mark.xdist_group("published")]

BOOK = Project.find(Path(__file__).parent).root / "book"
NUMBERS = published().numbers


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The page in a book of its own, with the real configuration, style and scripts."""
    chromium()
    project = make_checkout(tmp_path_factory.mktemp("published"))
    shutil.copy(BOOK.parent / "_config.yml", project.root)
    shutil.copytree(BOOK, project.root / "book", dirs_exist_ok=True)
    chapter = "notebooks/04_one_ranking_many_maps"
    toc = {"format": "jb-book", "root": f"book/{PUBLISHED}", "chapters": [{"file": chapter}]}
    (project.root / "_toc.yml").write_text(yaml.safe_dump(toc))
    staged = stage(project, [])
    (staged / f"{chapter}.md").write_text("# One ranking\n")
    (staged / "book" / f"{PUBLISHED}.md").write_text(published_page(published()))
    with served(build_html(project, staged)) as address:
        yield address


@pytest.fixture(params=[1280, 390], ids=["desktop", "phone"])
def visit(request, site, chrome):
    opened = Visit(chrome, site, f"book/{PUBLISHED}", request.param)
    yield opened
    assert opened.complaints == []
    assert opened.outside == []
    opened.page.close()


def column(visit, name):
    """The texts of a column's visible cells, from top to bottom."""
    return visit.page.evaluate(
        "name => { const heads = [...document.querySelectorAll('.published th')];"
        " const place = heads.findIndex(head => head.innerText.startsWith(name));"
        " const rows = [...document.querySelectorAll('.published tbody tr')].filter(row => !row.hidden);"
        " return rows.map(row => row.cells[place].textContent) }",
        name,
    )


def worth(text):
    return round(float(text.removesuffix(" %")) / (100 if text.endswith(" %") else 1), 6)


def sorted_as(visit, name, order):
    visit.page.wait_for_selector(f'.published th[aria-sort="{order}"]:has-text("{name}")')
    visit.ask("new Promise(done => setTimeout(done, 5))")  # the library sorts 1 ms after it has marked the head
    return column(visit, name)


def test_a_click_sorts_by_worth_and_another_turns_it_round(visit):
    head = visit.page.locator('.published th button:has-text("value")')
    head.click()
    values = list(map(worth, sorted_as(visit, "value", "ascending")))
    assert values == sorted(values)
    assert len(values) == len(NUMBERS)
    head.click()
    values = list(map(worth, sorted_as(visit, "value", "descending")))
    assert values == sorted(values, reverse=True)


def test_the_keyboard_sorts_too_and_one_head_is_marked(visit):
    for name, key in (("system", "Enter"), ("year", "Space")):
        visit.page.locator(f'.published th button:has-text("{name}")').focus()
        visit.page.keyboard.press(key)
        cells = sorted_as(visit, name, "ascending")
    years = [int(cell) for cell in cells if cell]
    assert years == sorted(years)
    assert not any(cells[len(years) :])  # unknown years come last
    assert visit.page.locator(".published th[aria-sort]").count() == 1


def test_rows_can_be_chosen_and_stay_chosen_when_sorted(visit):
    visit.page.get_by_label("data set").select_option("eoc")
    visit.page.get_by_label("words").fill("zseoc-300 MAP")
    assert set(column(visit, "data set")) == {"eoc"}
    told = [number for number in NUMBERS if number.system == "ZSEoC-300" and number.metric == "mAP"]
    assert visit.page.locator("output").inner_text() == f"{len(told)} of {len(NUMBERS)} numbers"
    visit.page.locator('.published th button:has-text("value")').click()
    assert sorted_as(visit, "value", "ascending") == sorted(number.value for number in told)


def test_the_page_fits_and_the_table_scrolls_in_its_box(visit):
    width = visit.page.viewport_size["width"]
    assert visit.ask("document.scrollingElement.scrollWidth") <= width
    box = "document.querySelector('.published')"
    assert visit.ask(f"{box}.scrollWidth > {box}.clientWidth")
    assert visit.ask(f"{box}.clientWidth") <= width


def test_a_note_is_one_click_away(visit):
    visit.page.locator(".published td a").first.click()
    place = visit.page.url.rsplit("#note-", 1)[1]
    assert visit.page.locator(f"#note-{place}").is_visible()


def test_without_scripts_it_is_a_table(site, chrome):
    page = chrome.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site}/book/{PUBLISHED}.html")
    assert page.locator(".published tbody tr").count() == len(NUMBERS)
    assert page.locator(".published th button, select").count() == 0
    page.close()
