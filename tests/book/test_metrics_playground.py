"""The ranking of chapter 4 that readers play with: its numbers are the library's, in a real browser."""

from pathlib import Path

import numpy as np
import pytest

from tests.browser import Visit, chromium, served
from zsr_lib.book.project import Project
from zsr_lib.evaluation.names import parse
from zsr_lib.evaluation.ranking import from_relevance

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("playground")]

SCRIPTS = Project.find(Path(__file__).parent).root / "book" / "scripts"
PAGE = """<!doctype html><link rel="icon" href="data:,"><link rel="stylesheet" href="metrics_playground.css">
<div class="zsr-ranking">words</div><script type="module" src="metrics_playground.js"></script>"""
START = [1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0]


@pytest.fixture
def visit(chrome, tmp_path):
    chromium()
    for suffix in ("js", "css"):
        (tmp_path / f"metrics_playground.{suffix}").write_text((SCRIPTS / f"metrics_playground.{suffix}").read_text())
    (tmp_path / "page.html").write_text(PAGE)
    with served(tmp_path) as address:
        opened = Visit(chrome, address, "page", 900)
        yield opened
        assert opened.complaints == []
        opened.page.close()


def by_library(ranking, names):
    return [parse(name).per_query(from_relevance(ranking))[0] for name in names]


def shown(visit):
    """Name → value as the page shows it, without arrows."""
    names = visit.page.locator("dt").all_text_contents()
    return dict(zip(names, [text.split()[0] for text in visit.page.locator("dd b").all_text_contents()], strict=True))


def ranking(visit):
    return [int(text == "✓") for text in visit.page.locator(".zsr-ranking-photos button").all_text_contents()]


def photo(visit, rank):
    return visit.page.locator(".zsr-ranking-photos button").nth(rank - 1)


def test_every_number_is_the_librarys(visit):
    rng = np.random.default_rng(0)
    cases = [
        (rng.permutation([1] * hits + [0] * (20 - hits)).tolist(), k) for hits in (1, 5, 14, 20) for k in (1, 7, 20)
    ]
    script = """async (cases) => {
        const { metrics } = await import("./metrics_playground.js");
        return cases.map(([ranking, k]) => metrics(ranking, k)); }"""
    for (each, _), found in zip(cases, visit.page.evaluate(script, cases), strict=True):
        assert len(found) == 11
        np.testing.assert_allclose(list(found.values()), by_library(each, found), atol=1e-12)


def test_what_is_shown_follows_a_drag_a_click_a_key_and_the_cut(visit):
    def agrees(expected, cut=10):
        assert ranking(visit) == expected
        now = shown(visit)
        assert f"P@{cut}/k" in now
        assert list(now.values()) == [f"{value:.3f}" for value in by_library(expected, now)]

    agrees(START)
    boxes = [photo(visit, rank).bounding_box() for rank in (1, 5)]
    places = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
    visit.page.mouse.move(*places[0])
    visit.page.mouse.down()
    visit.page.mouse.move(*places[1], steps=8)
    visit.page.mouse.up()
    dragged = [*START[1:5], START[0], *START[5:]]
    agrees(dragged)
    photo(visit, 20).click()
    clicked = [*dragged[:19], 1]
    agrees(clicked)
    photo(visit, 20).press("ArrowLeft")
    agrees([*clicked[:18], 1, clicked[18]])
    visit.page.locator("input").fill("4")
    agrees([*clicked[:18], 1, clicked[18]], cut=4)
    visit.page.get_by_role("button", name="hits first").click()
    agrees([1] * 7 + [0] * 13, cut=4)


def test_the_last_hit_cannot_be_taken_away(visit):
    for rank in (1, 3, 4, 7, 11, 17):
        photo(visit, rank).click()
    assert sum(ranking(visit)) == 1
    assert "right" in photo(visit, 17).get_attribute("aria-label")
