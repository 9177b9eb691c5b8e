"""The leaderboard in a real browser, on a desktop and on a phone, and without scripts."""

import shutil
from pathlib import Path

import pytest
import yaml

from tests.book.conftest import make_checkout
from tests.browser import Visit, chromium, served
from zsr_lib.book.leaderboard_page import LEADERBOARD
from zsr_lib.book.project import Project
from zsr_lib.book.published_page import PUBLISHED, published_page
from zsr_lib.book.site import build_html, stage
from zsr_lib.book.stored_pages import write_stored_pages
from zsr_lib.book.systems_page import SYSTEMS
from zsr_lib.reporting.published import published

pytestmark = [pytest.mark.browser, pytest.mark.book, pytest.mark.xdist_group("published")]

ROOT = Project.find(Path(__file__).parent).root
STORED = ("eoc-zseoc-128", "tuberlin-sae", "tuberlin-frozen")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The page from some of the stored runs, in a book of its own, with the real configuration, style and scripts."""
    chromium()
    folder = tmp_path_factory.mktemp("leaderboard")
    project = make_checkout(folder)
    shutil.copy(ROOT / "_config.yml", folder)
    shutil.copytree(ROOT / "book", folder / "book", dirs_exist_ok=True)
    for name in STORED:
        shutil.copytree(ROOT / "reported" / "runs" / name, folder / "reported" / "runs" / name)
    chapter = "notebooks/04_one_ranking_many_maps"
    files = [f"book/{SYSTEMS}", f"book/{PUBLISHED}", chapter]
    toc = {"format": "jb-book", "root": f"book/{LEADERBOARD}", "chapters": [{"file": file} for file in files]}
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc))
    staged = stage(project, [])
    (staged / f"{chapter}.md").write_text("# One ranking\n")
    (staged / "book" / f"{PUBLISHED}.md").write_text(published_page(published()))
    write_stored_pages(folder / "reported" / "runs", staged)
    with served(build_html(project, staged)) as address:
        yield address


@pytest.fixture(params=[1280, 390], ids=["desktop", "phone"])
def visit(request, site, chrome):
    opened = Visit(chrome, site, f"book/{LEADERBOARD}", request.param)
    yield opened
    assert opened.complaints == []
    assert opened.outside == []
    opened.page.close()


def boards(visit):
    """Titles of the boards that can be seen."""
    return visit.ask(
        "[...document.querySelectorAll('.board')].filter(b => !b.hidden).map(b => b.querySelector('h3').innerText)"
    )


def column(visit, name):
    """The texts of a column's cells in the first board that can be seen, from top to bottom."""
    return visit.page.evaluate(
        "name => { const board = [...document.querySelectorAll('.board')].find(b => !b.hidden);"
        " const place = [...board.querySelectorAll('th')].findIndex(head => head.innerText.startsWith(name));"
        " return [...board.querySelectorAll('tbody tr')].filter(row => !row.hidden)"
        "   .map(row => row.cells[place]?.textContent ?? '') }",
        name,
    )


def test_it_opens_with_one_question_and_others_can_be_asked(visit):
    assert boards(visit) == ["eoc · mean-4 · sketch→photo", "eoc · all-5 · sketch→photo"]
    visit.page.get_by_label("data set").select_option("tuberlin")
    visit.page.get_by_label("split").select_option("tuberlin-30-sake")
    visit.page.get_by_label("direction").select_option("photo→sketch")
    assert boards(visit) == ["tuberlin · tuberlin-30-sake · photo→sketch"]
    visit.page.get_by_label("words").fill("hog frozen")
    assert [text.split(" ")[0] for text in column(visit, "system")] == ["HOG"]
    assert visit.page.locator("output").inner_text().startswith("1 of ")
    visit.page.get_by_label("backbone").select_option("pixels")
    assert boards(visit) == []


def test_ranks_are_sorted_by_their_first_place(visit):
    visit.page.get_by_label("data set").select_option("tuberlin")
    visit.page.locator('.board:not([hidden]) th button:has-text("rank")').first.click()
    visit.page.wait_for_selector('.board:not([hidden]) th[aria-sort="ascending"]')
    visit.ask("new Promise(done => setTimeout(done, 5))")
    places = [int(text.split("–")[0]) for text in column(visit, "rank") if text]
    assert places == sorted(places)
    assert len(places) > 4


def test_a_click_sorts_one_board_and_leaves_the_limits_below(visit):
    head = visit.page.locator('.board:not([hidden]) th button:has-text("AP@all/std")').first
    before = column(visit, "AP@all/std")
    head.click()
    visit.page.wait_for_selector('.board:not([hidden]) th[aria-sort="ascending"]')
    visit.ask("new Promise(done => setTimeout(done, 5))")
    values = [float(text.split(" ")[0]) for text in column(visit, "AP@all/std") if text]
    assert values == sorted(values)
    assert sorted(filter(None, before)) == sorted(filter(None, column(visit, "AP@all/std")))
    limits = "[...document.querySelector('.board:not([hidden]) tfoot').rows].map(row => row.cells[1].textContent)"
    assert visit.ask(limits) == ["chance", "best possible"]


def test_the_page_fits_and_boards_scroll_in_their_boxes(visit):
    width = visit.page.viewport_size["width"]
    assert visit.ask("document.scrollingElement.scrollWidth") <= width
    box = "document.querySelector('.board:not([hidden]) .published')"
    assert visit.ask(f"{box}.scrollWidth > {box}.clientWidth")
    assert visit.ask(f"{box}.clientWidth") <= width


def test_a_card_is_one_click_away(visit):
    visit.page.locator(".board:not([hidden]) td a").first.click()
    visit.page.locator("#zseoc h2").wait_for()
    assert visit.page.url.split("/")[-1] == f"{SYSTEMS}.html#zseoc"
    assert visit.ask("document.scrollingElement.scrollWidth") <= visit.page.viewport_size["width"]


def test_without_scripts_all_boards_are_tables(site, chrome):
    page = chrome.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site}/book/{LEADERBOARD}.html")
    assert page.locator(".board").count() == page.locator(".board:visible").count() > 8
    assert page.locator(".board th button, select").count() == 0
    page.close()
