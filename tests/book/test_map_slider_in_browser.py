"""The slider over maps in a real browser: what it shows is what the build computed."""

from pathlib import Path

import numpy as np
import pytest

from tests.browser import Visit, served
from zsr_lib.book.project import Project
from zsr_lib.viz.map_slider import map_slider

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("playground")]

SCRIPTS = Project.find(Path(__file__).parent).root / "book" / "scripts"
MAPS = {"2": np.array([[0, 0], [1, 1]]), "5": np.array([[0, 1], [1, 0]]), "9": np.array([[0, 0], [1, 0]])}


@pytest.fixture
def visit(chrome, tmp_path):
    slider = map_slider(MAPS, ["A", "B"], {name: f"note {name}" for name in MAPS}, "perplexity")
    script = '<script type="module" src="map_slider.js"></script>'
    (tmp_path / "page.html").write_text(f'<!doctype html><link rel="icon" href="data:,">{slider}{script}')
    (tmp_path / "map_slider.js").write_text((SCRIPTS / "map_slider.js").read_text())
    with served(tmp_path) as address:
        opened = Visit(chrome, address, "page", 600)
        yield opened
        assert opened.complaints == []
        opened.page.close()


def shown(visit):
    dots = visit.page.locator("circle").all()
    places = [(float(dot.get_attribute("cx")), float(dot.get_attribute("cy"))) for dot in dots]
    return visit.page.locator("output").text_content(), visit.page.locator(".zsr-maps p").text_content(), places


def test_the_slider_moves_through_the_maps(visit):
    assert shown(visit) == ("5", "note 5", [(14, 14), (306, 306)])
    slider = visit.page.get_by_role("slider", name="perplexity")
    slider.press("ArrowLeft")
    assert shown(visit) == ("2", "note 2", [(14, 306), (306, 14)])
    assert slider.evaluate("each => each.ariaValueText") == "2: note 2"
    slider.press("End")
    assert shown(visit) == ("9", "note 9", [(14, 160), (306, 160)])
