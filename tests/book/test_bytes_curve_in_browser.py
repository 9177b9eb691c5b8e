"""The curve of bytes and quality in a real browser: what it says is what the build computed."""

from pathlib import Path

import pytest

from tests.browser import Visit, served
from zsr_lib.book.project import Project
from zsr_lib.viz.bytes_curve import bytes_curve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("playground")]

SCRIPTS = Project.find(Path(__file__).parent).root / "book" / "scripts"
CURVES = {
    "aerial photos": {"bits": {4: 0.5, 16: 0.4, 64: 0.75}, "floats": {512: 0.8}},
    "everyday things": {"bits": {4: 0.2}, "floats": {512: 0.3}},
}


@pytest.fixture
def visit(chrome, tmp_path):
    curve = bytes_curve(CURVES, {"aerial photos": "AP@20", "everyday things": "AP@all"})
    script = '<script type="module" src="bytes_curve.js"></script>'
    (tmp_path / "page.html").write_text(f'<!doctype html><link rel="icon" href="data:,">{curve}{script}')
    (tmp_path / "bytes_curve.js").write_text((SCRIPTS / "bytes_curve.js").read_text())
    with served(tmp_path) as address:
        opened = Visit(chrome, address, "page", 600)
        yield opened
        assert opened.complaints == []
        opened.page.close()


def said(visit):
    return visit.page.locator("output").text_content(), visit.page.locator(".zsr-bytes li").all_text_contents()


def test_the_slider_tells_what_each_way_reaches_within_so_many_bytes(visit):
    assert said(visit) == ("at most 16", ["bits: 0.500 with 4 bytes", "floats: needs 512 bytes"])
    slider = visit.page.get_by_role("slider", name="bytes a photo")
    slider.press("ArrowRight")
    assert said(visit) == ("at most 64", ["bits: 0.750 with 64 bytes", "floats: needs 512 bytes"])
    assert visit.page.locator("circle.beyond").count() == 1
    slider.press("End")
    assert said(visit)[1][1] == "floats: 0.800 with 512 bytes"
    assert visit.page.locator(".zsr-bytes p").text_content() == "AP@20; a million photos take 512 MB"
    assert (
        visit.page.locator("svg")
        .get_attribute("aria-label")
        .startswith("AP@20 by bytes of a code, aerial photos: bits")
    )


def test_another_set_of_codes_has_curves_of_its_own(visit):
    visit.page.get_by_role("combobox", name="codes").select_option("everyday things")
    assert said(visit)[1] == ["bits: 0.200 with 4 bytes", "floats: needs 512 bytes"]
    assert visit.page.locator("circle").count() == 2
