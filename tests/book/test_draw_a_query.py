"""The page that searches in the browser, small: the same files and modules as on the built site."""

import base64
import io
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.browser import Visit, chromium, served, stroke
from zsr_lib.book import query_gallery as galleries
from zsr_lib.book.project import Project
from zsr_lib.book.query_assets import FOLDER
from zsr_lib.book.query_files import CODES, write_assets
from zsr_lib.book.vendored import vendor
from zsr_lib.search.codes import CodeFormat, CodeTable
from zsr_lib.search.embedding import Embedder, embedder, read_sketch

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PROJECT = Project.find(Path(__file__).parent)
ELEMENT = re.search(r"<link.*?</script>", PROJECT.source("19_draw_a_query").read_text(), re.DOTALL).group()
# Strict enough to refuse eval, and every other origin.
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
)
PAGE = f"""<!doctype html><meta charset="utf-8"><title>draw</title><link rel="icon" href="data:,">
<meta http-equiv="Content-Security-Policy" content="{POLICY}"><body><div style="height: SPACEpx"></div>
{ELEMENT}"""
READY = ".zsr-draw[data-state=ready]"
TOLD = "document.querySelector('.zsr-draw').query"


@dataclass(frozen=True)
class Site:
    folder: Path
    system: Embedder
    gallery: galleries.Gallery

    @property
    def table(self):
        form = CodeFormat("int8", self.system.sketches(np.asarray(self.gallery.examples.pixels[:1])).shape[1], "cosine")
        return CodeTable(form, np.fromfile(self.folder / "_static" / FOLDER / CODES, form.dtype))


@pytest.fixture(scope="module")
def site(tmp_path_factory, session_cache):
    chromium()
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZSR_CACHE", str(session_cache))
        patch.setattr(galleries, "PHOTOS", 40)  # as in test_query_assets.py, so that they are drawn once
        system, gallery = embedder(), galleries.query_gallery("generated", 256)
    vendor(PROJECT, folder / "_static")
    write_assets(folder / "_static" / FOLDER, system, gallery, "test")
    (folder / "pages").mkdir()
    for name, space in (("draw", 0), ("below", 4000)):
        (folder / "pages" / f"{name}.html").write_text(PAGE.replace("SPACE", str(space)))
    return Site(folder, system, gallery)


@pytest.fixture
def visit(site, chrome):
    with served(site.folder) as address:
        opened = Visit(chrome, address, "pages/draw", 1280)
        opened.page.wait_for_selector(READY)
        yield opened
        assert opened.complaints == []
        assert opened.outside == []
        opened.page.close()


def settled(visit, count=12):
    """Rows of the photos that are shown, once there are `count`, no search runs and none is on its way to its place."""
    shown = "[...document.querySelectorAll('.zsr-draw-results li')].map(each => Number(each.dataset.row))"
    busy = f"{TOLD}.running || {TOLD}.results.root.getAnimations({{ subtree: true }}).length > 0"
    # Asked again and again from here: Playwright's own waiting evaluates text in the page, which the policy forbids.
    for _ in range(2400):
        rows = visit.ask(shown)
        if len(rows) == count and not visit.ask(busy):
            return rows
        visit.page.wait_for_timeout(50)
    raise AssertionError(f"{len(rows)} photos are shown where {count} belong")


def code(visit):
    return np.array(visit.ask(f"Array.from({TOLD}.code)"), np.float32)


def kept_png(visit, path):
    """What the pad would save, in a file."""
    script = f"""async () => {{ const bytes = new Uint8Array(await (await {TOLD}.pad.png()).arrayBuffer());
      return btoa(Array.from(bytes, each => String.fromCharCode(each)).join("")); }}"""
    path.write_bytes(base64.b64decode(visit.ask(script)))
    return path


def cosine(first, second):
    return first @ second / np.linalg.norm(first) / np.linalg.norm(second)


def as_near(site, code, rows):
    """Whether the photos in `rows` are at the library's distances; two equally far ones may change places."""
    found = site.table.nearest(code, len(site.table))
    far = dict(zip(found.rows[0].tolist(), found.distances[0], strict=True))
    return np.allclose([far[row] for row in rows], found.distances[0, : len(rows)], rtol=0, atol=1e-5)


def test_strokes_find_what_the_library_finds(visit, site, tmp_path):
    stroke(visit.page, (90, 20), (100, 236))
    stroke(visit.page, (160, 20), (150, 236))
    for top in range(30, 220, 40):
        stroke(visit.page, (125, top), (125, top + 20))
    rows = settled(visit)
    drawing = read_sketch(kept_png(visit, tmp_path / "drawn.png"), site.system.size)
    own = site.system.sketches(drawing[None])
    assert cosine(own[0], code(visit)) >= 0.9999
    assert as_near(site, own, rows[:10])


def test_a_png_of_the_pads_size_finds_what_the_library_finds_for_the_file(visit, site, tmp_path):
    sketch = tmp_path / "sketch.png"
    Image.fromarray(np.asarray(site.gallery.examples.pixels[0])).save(sketch)
    visit.page.locator(".zsr-draw input[type=file]").set_input_files(sketch)
    rows = settled(visit)
    own = site.system.sketches(read_sketch(sketch, site.system.size)[None])
    assert cosine(own[0], code(visit)) >= 0.9999
    assert as_near(site, own, rows[:10])


def test_a_photo_put_on_the_pad_is_searched_as_the_pad_shows_it(visit, site, tmp_path):
    picture = Image.fromarray(np.asarray(site.gallery.photos.pixels[0])).resize((300, 200))
    picture.save(tmp_path / "upload.jpg", quality=90)
    visit.page.locator(".zsr-draw input[type=file]").set_input_files(tmp_path / "upload.jpg")
    rows = settled(visit)
    shown = site.system.sketches(read_sketch(kept_png(visit, tmp_path / "shown.png"), 256)[None])
    assert cosine(shown[0], code(visit)) >= 0.9999
    assert as_near(site, shown, rows[:10])
    # The browser's canvas scales the file by a filter of its own, so that this is near and not equal.
    direct = site.system.sketches(read_sketch(tmp_path / "upload.jpg", 256)[None])[0]
    assert cosine(direct, code(visit)) >= 0.98


def test_the_number_and_the_classes_can_be_chosen(visit, site):
    visit.page.get_by_label("examples").select_option(index=1)
    everything = settled(visit)
    visit.page.locator(".zsr-draw-choices select").first.select_option("6")
    assert settled(visit, 6) == everything[:6]
    visit.page.get_by_label("gallery").select_option("unseen")
    unseen = settled(visit, 6)
    trained = {name for part in site.system.method.trained_parts() for name in part.classes}
    names = site.gallery.photos.class_names
    assert not {names[row] for row in unseen} & trained
    assert visit.page.locator(".zsr-draw-unseen").count() == 6
    first = visit.page.locator(".zsr-draw-results li").first
    assert first.locator(".zsr-draw-class").inner_text() == f"1. {names[unseen[0]]}"
    assert first.get_by_role("img").get_attribute("aria-label") == f"photo of class {names[unseen[0]]}"


def test_a_tile_shows_the_photo_that_was_found(visit, site):
    visit.page.get_by_label("examples").select_option(index=1)
    row = settled(visit)[7]
    tile = visit.page.locator(".zsr-draw-photo").nth(7)
    tile.evaluate("tile => Object.assign(tile.style, { width: '96px', height: '96px', flex: 'none', borderRadius: 0 })")
    visit.page.wait_for_load_state("networkidle")
    shown = np.asarray(Image.open(io.BytesIO(tile.screenshot())).convert("RGB").resize((96, 96)), float)
    errors = np.abs(site.gallery.thumbnails.astype(float) - shown).mean(axis=(1, 2, 3))
    assert errors.argmin() == row


def test_clearing_the_pad_clears_the_results(visit):
    stroke(visit.page, (40, 60), (200, 60))
    settled(visit)
    visit.page.locator("[data-action=clear]").click()
    visit.page.get_by_text("Draw something").wait_for()
    assert visit.page.locator(".zsr-draw-results li").count() == 0


def test_a_pad_with_faint_lines_only_is_called_empty(visit, tmp_path):
    Image.new("RGB", (256, 256), (250, 250, 250)).save(tmp_path / "paper.png")
    visit.page.locator(".zsr-draw input[type=file]").set_input_files(tmp_path / "paper.png")
    visit.page.get_by_text("Nothing on the pad is darker than the paper.").wait_for()
    assert visit.page.locator(".zsr-draw-results li").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_a_phone_in_both_themes(site, chrome, theme):
    with served(site.folder) as address:
        opened = Visit(chrome, address, "pages/draw", 390)
        opened.page.wait_for_selector(READY)
        opened.ask(f"document.documentElement.dataset.theme = '{theme}'")
        stroke(opened.page, (40, 60), (200, 200))
        settled(opened)
        assert opened.ask("document.scrollingElement.scrollWidth") <= 390
        paper = opened.ask(f"Array.from({TOLD}.pad.canvas.getContext('2d').getImageData(9, 9, 1, 1).data)")
        assert paper[0] == (255 if theme == "light" else 27)
        opened.page.close()


def test_nothing_is_loaded_before_a_reader_comes_near(site, chrome):
    loaded = "performance.getEntriesByType('resource').map(each => new URL(each.name).pathname).join(' ')"
    with served(site.folder) as address:
        opened = Visit(chrome, address, "pages/below", 1280)
        assert f"_static/{FOLDER}" not in opened.ask(loaded)
        assert "onnxruntime" not in opened.ask(loaded)
        asked = []  # by the page and by its worker
        opened.page.on("request", lambda request: asked.append(request.url))
        opened.page.locator(".zsr-draw").scroll_into_view_if_needed()
        opened.page.wait_for_selector(READY)
        for name in ("sketch.onnx", "ort-wasm-simd-threaded.wasm", "codes.bin", "manifest.json"):
            assert any(name in each for each in asked)
        opened.page.close()


@pytest.mark.parametrize(
    "missing",
    ["onnxruntime-web/ort-wasm-simd-threaded.wasm", f"{FOLDER}/codes.bin", f"{FOLDER}/manifest.json"],
)
def test_a_file_that_cannot_be_loaded_is_said_in_words(site, chrome, tmp_path, missing):
    broken = shutil.copytree(site.folder, tmp_path / "broken", ignore=shutil.ignore_patterns("katex"))
    (broken / "_static" / missing).unlink()
    with served(broken) as address:
        opened = Visit(chrome, address, "pages/draw", 1280)
        opened.page.wait_for_selector(".zsr-draw[data-state=failed]")
        told = opened.page.get_by_role("alert").inner_text()
        assert "does not work here" in told
        assert missing.rpartition("/")[2] in told or "wasm" in told
        opened.page.close()


def test_without_scripts_words_say_where_to_look(site, chrome):
    with served(site.folder) as address:
        page = chrome.new_context(java_script_enabled=False).new_page()
        page.goto(f"{address}/pages/draw.html")
        assert "figure below" in page.locator(".zsr-draw").inner_text()
        page.close()


def test_photos_come_while_a_stroke_is_drawn(visit):
    canvas = visit.page.locator(".zsr-pad-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    visit.page.mouse.move(box["x"] + 40, box["y"] + 60)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + 200, box["y"] + 60, steps=8)
    settled(visit)
    assert visit.ask(f"{TOLD}.pad.current !== null")  # the pen is still down
    assert visit.ask("location.hash") == ""
    visit.page.mouse.up()
    settled(visit)
    assert visit.page.locator(".zsr-pad-status").inner_text() == "1 stroke."


def test_a_photo_that_stays_among_the_found_keeps_its_element(visit):
    shown = "[...document.querySelectorAll('.zsr-draw-results li')]"
    hits = [[{"row": row, "score": 0.5} for row in rows] for rows in ([3, 1, 2], [2, 7, 3])]
    visit.page.evaluate(f"found => {TOLD}.results.show(found)", hits[0])
    visit.ask(f"{shown}.forEach((each, place) => (each.former = place))")
    visit.page.evaluate(f"found => {TOLD}.results.show(found)", hits[1])
    assert visit.ask(f"{shown}.map(each => each.former ?? null)") == [2, None, 0]
    assert visit.ask(f"{shown}.map(each => each.dataset.row)") == ["2", "7", "3"]
    assert visit.page.locator(".zsr-draw-class").first.inner_text().startswith("1. ")


def test_the_address_holds_the_drawing_and_shows_it_to_whoever_opens_it(visit, site, chrome):
    stroke(visit.page, (40, 60), (200, 60), (200, 200))
    rows = settled(visit)
    shared = visit.ask("location.href")
    assert "#draw=" in shared
    opened = Visit(chrome, shared.split("/pages")[0], "pages/draw", 1280)
    opened.page.goto("about:blank")
    opened.page.goto(shared)
    opened.page.wait_for_selector(READY)
    again = settled(opened)
    assert len({*rows} & {*again}) >= 10  # points were left out that lie on a line
    assert opened.ask(f"{TOLD}.pad.strokes.length") == 1
    opened.page.close()
    visit.page.locator("[data-action=clear]").click()
    assert "#draw=" not in visit.ask("location.href")


def test_a_damaged_address_is_an_empty_pad(site, chrome):
    with served(site.folder) as address:
        opened = Visit(chrome, address, "pages/draw", 1280)
        opened.page.goto("about:blank")
        opened.page.goto(f"{address}/pages/draw.html#draw=A.!!")
        opened.page.wait_for_selector(READY)
        assert opened.ask(f"{TOLD}.pad.empty")
        opened.page.close()


def test_plain_examples_are_drawn_and_what_is_asked_for_is_counted(visit):
    visit.ask(f"{TOLD}.challenge.asked = 'runway'")
    visit.page.get_by_label("examples").select_option(label="runway, plain")
    settled(visit)
    visit.page.get_by_text("of the first 10 are of class runway").wait_for()
    votes = visit.page.locator(".zsr-draw-votes span").all_inner_texts()
    assert sum(int(each.rpartition(" ")[2]) for each in votes) == 12


def test_a_photo_is_enlarged_with_what_of_the_drawing_found_it(visit):
    stroke(visit.page, (90, 20), (100, 236))
    settled(visit)
    visit.page.locator(".zsr-draw-results button").first.click()
    visit.page.get_by_text("without this part of the drawing").wait_for()
    losses = np.array(visit.ask(f"Array.from({TOLD}.dialog.losses)")).reshape(8, 8)
    assert losses.max() > 0
    assert losses[:, 6:].max() == 0  # nothing is drawn there
    visit.page.get_by_text("close").click()
    assert not visit.ask(f"{TOLD}.dialog.root.open")


def test_on_a_phone_photos_are_beside_the_pad(site, chrome):
    with served(site.folder) as address:
        opened = Visit(chrome, address, "pages/draw", 390)
        opened.page.wait_for_selector(READY)
        stroke(opened.page, (40, 60), (200, 200))
        settled(opened)
        pad, first = (opened.page.locator(each).first.bounding_box() for each in (".zsr-pad-canvas", ".zsr-draw-photo"))
        assert first["x"] >= pad["x"] + pad["width"]
        assert first["y"] < pad["y"] + pad["height"]
        opened.page.close()
