"""Drawing in JupyterLab: strokes by the pointer, photos from a running kernel."""

import nbformat
import pytest

from tests.browser import stroke
from tests.lab import jupyter_lab

pytestmark = [pytest.mark.browser, pytest.mark.lab, pytest.mark.xdist_group("lab")]

SETUP = """
from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.task import build_task
from zsr_lib.models.registry import create
from zsr_lib.search.gallery import Gallery
from zsr_lib.training.config import Run
from zsr_lib.widgets import SketchSearch

task = build_task(load_dataset("generated", size=64, per_class=20, progress=False), "generated-14-6", 0, 0)
system = create("standardised", {"features": {"backbone": "hog", "size": 64}})
system.fit(task, Run(progress=False))
search = SketchSearch(Gallery({"hog": system}, task), examples=task.queries(), count=6)
search
"""
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
LONG = 120_000
"""Milliseconds; a kernel imports and fits on whatever else the machine does."""
TRACEBACK = "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']"
LIGHT_ON_DARK = """() => {
  const canvas = document.querySelector(".zsr-pad-canvas");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const ink = data.filter((_, place) => place % 4 === 0 && data[place] > 200).length;
  return data[0] < 40 && ink > 100;
}"""


@pytest.fixture
def page(tmp_path, chrome, scenes):
    """The notebook, run; `scenes` are drawn, so that the kernel finds them in the cache."""
    cell = nbformat.v4.new_code_cell(SETUP.strip())
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": KERNEL}), tmp_path / "live.ipynb")
    with jupyter_lab(tmp_path) as address:
        page = chrome.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(LONG)
        complaints = []
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address.replace("/lab?", "/lab/tree/live.ipynb?"))
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()  # what is run earlier is lost
        page.locator(".jp-NotebookPanel .jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
        page.locator(f".zsr-pad-canvas, {TRACEBACK}").first.wait_for()
        assert page.locator(TRACEBACK).all_inner_texts() == []
        yield page
        assert page.locator(TRACEBACK).all_inner_texts() == []
        assert complaints == []
        page.close()


def draw(page, *lines):
    """Strokes from one point of the square to another, 0 to 256."""
    for line in lines:
        stroke(page, *line)


FOUND = """count => {
  const items = [...document.querySelectorAll(".zsr-found li")];
  return items.length === count && items.map((each) =>
    [each.querySelector(".zsr-found-group").innerText, each.innerText]);
}"""


def wait_for_photos(page, count):
    """Group and words of each photo, read in one go: the answer to an earlier stroke may just be replaced."""
    return page.wait_for_function(FOUND, arg=count).json_value()


def test_strokes_find_photos_and_every_choice_finds_others(page):
    photos, message = page.locator(".zsr-found li"), page.locator(".zsr-found-message")
    # One after the other without a pause: what the kernel answers must not disturb the hand.
    draw(page, [(100, 10), (110, 246)], [(150, 10), (158, 246)], [(125, 30), (130, 220)])
    page.get_by_text("The nearest 6 of 120 photos of unseen classes").wait_for()
    assert page.locator(".zsr-pad-status").inner_text() == "3 strokes."
    found = wait_for_photos(page, 6)
    scores = [float(words.split()[-1]) for _, words in found]
    assert scores == sorted(scores, reverse=True)
    assert {group for group, _ in found} == {"unseen"}
    page.wait_for_function("document.querySelector('.zsr-found li img')?.naturalWidth === 64")

    photos.nth(1).get_by_role("button").click()
    photos.nth(1).get_by_alt_text("what the system looked at").wait_for()
    assert photos.nth(1).get_by_role("button").get_attribute("aria-pressed") == "true"
    page.get_by_text("orange: hidden there").wait_for()

    page.get_by_label("Photos", exact=True).fill("3")
    page.keyboard.press("Enter")
    wait_for_photos(page, 3)
    page.get_by_label("Classes", exact=True).select_option("all")
    page.get_by_text("The nearest 3 of 400 photos").wait_for()
    page.get_by_label("Distance", exact=True).select_option("euclidean")
    page.get_by_text("'hog', euclidean distance").wait_for()
    wait_for_photos(page, 3)

    page.get_by_role("button", name="clear").click()
    page.get_by_text("Draw something").wait_for()
    assert photos.count() == 0
    page.get_by_label("examples").select_option("bridge")
    wait_for_photos(page, 3)
    assert "zsr-found-failed" not in message.get_attribute("class")

    # The paper follows JupyterLab's own switch.
    page.get_by_role("button", name="clear").click()
    draw(page, [(100, 10), (110, 246)])
    page.get_by_role("menuitem", name="Settings").click()
    page.locator(".lm-Menu-itemLabel", has_text="Theme").first.hover()
    page.locator(".lm-Menu-itemLabel", has_text="JupyterLab Dark").last.click()
    page.wait_for_function(LIGHT_ON_DARK)
