"""The sketch pad in a real browser: pen, keyboard, undo, pictures, phones and the dark."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import zsr_lib.widgets
from tests.browser import Visit, served, stroke

PAGE = """<!doctype html><meta charset="utf-8"><title>pad</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="sketch_pad.css"><body><div id="home"></div>
<script type="module">
import { SketchPad } from "./sketch_pad.js";
window.pad = new SketchPad(document.getElementById("home"), { examples: [{ name: "square", url: "square.png" }] });
window.changes = 0;
pad.addEventListener("change", () => changes++);
</script>"""

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def folder(tmp_path):
    for name in ("sketch_pad.js", "sketch_pad.css"):
        shutil.copy(Path(zsr_lib.widgets.__file__).parent / name, tmp_path)
    (tmp_path / "pad.html").write_text(PAGE)
    square = np.full((64, 64, 3), 255, np.uint8)
    square[16:48, 16:48] = 0
    Image.fromarray(square).save(tmp_path / "square.png")
    return tmp_path


@pytest.fixture
def visit(chrome, folder):
    with served(folder) as address:
        made = Visit(chrome, address, "pad", 390)
        yield made
        assert made.complaints == []
        assert made.outside == []
        made.page.close()


def raster(visit):
    """(256, 256) red values of what is searched with."""
    values = visit.ask("Array.from(pad.raster().filter((_, place) => place % 4 === 0))")
    return np.array(values).reshape(256, 256)


def test_a_stroke_is_drawn_where_the_pointer_went_and_told_once(visit):
    assert visit.ask("pad.empty")
    stroke(visit.page, (40, 60), (200, 60))
    assert visit.ask("[pad.strokes.length, changes, pad.empty]") == [1, 1, False]
    drawn = raster(visit)
    rows, columns = np.nonzero(drawn < 128)
    assert abs(rows.mean() - 60) < 1.5
    assert columns.min() == pytest.approx(38, abs=2)
    assert columns.max() == pytest.approx(202, abs=2)
    assert drawn[0, 0] == 255


def test_the_eraser_takes_away_and_undo_and_redo_walk_through(visit):
    stroke(visit.page, (40, 60), (200, 60))
    line = (raster(visit) < 128).sum()
    visit.page.get_by_title("eraser").click()
    stroke(visit.page, (100, 30), (100, 90))
    erased = (raster(visit) < 128).sum()
    assert erased < line
    visit.page.locator("[data-action=undo]").click()
    assert (raster(visit) < 128).sum() == line
    visit.page.locator("[data-action=redo]").click()
    assert (raster(visit) < 128).sum() == erased
    visit.page.locator("[data-action=clear]").click()
    assert visit.ask("pad.empty")
    assert raster(visit).min() == 255
    assert visit.page.locator("[data-action=undo]").is_disabled()


def test_everything_can_be_done_with_keys(visit):
    visit.page.locator("canvas").focus()
    for key in ("Space", *["ArrowRight"] * 5, *["ArrowDown"] * 3, "Space"):
        visit.page.keyboard.press(key)
    assert visit.ask("pad.strokes[0].points.at(-1)") == [128 + 5 * 8, 128 + 3 * 8]
    assert (raster(visit) < 128).sum() > 100
    visit.page.keyboard.press("Control+z")
    assert visit.ask("pad.empty")
    visit.page.keyboard.press("Control+Shift+z")
    assert not visit.ask("pad.empty")
    visit.page.keyboard.press("Delete")
    assert visit.ask("pad.empty")


def test_wider_strokes_leave_more_ink(visit):
    counts = []
    for width in ("2", "16"):
        visit.page.locator("[data-action=clear]").click()
        visit.page.get_by_label("stroke width").select_option(width)
        stroke(visit.page, (40, 60), (200, 60))
        counts.append((raster(visit) < 128).sum())
    assert counts[1] > 5 * counts[0]


def test_examples_and_files_are_put_on_the_pad(visit, folder):
    visit.page.get_by_label("examples").select_option(label="square")
    visit.page.wait_for_function("changes === 1")
    dark = raster(visit) < 128
    assert dark[80:176, 80:176].all()
    assert not dark[:50].any()
    visit.page.locator("[data-action=clear]").click()
    with visit.page.expect_file_chooser() as chosen:
        visit.page.locator("[data-action=upload]").click()
    chosen.value.set_files(folder / "square.png")
    visit.page.wait_for_function("changes === 3")
    assert np.array_equal(raster(visit) < 128, dark)


def test_a_file_that_is_no_picture_is_said_and_nothing_is_lost(visit, folder):
    stroke(visit.page, (40, 60), (200, 60))
    (folder / "text.png").write_text("no picture")
    with visit.page.expect_file_chooser() as chosen:
        visit.page.locator("[data-action=upload]").click()
    chosen.value.set_files(folder / "text.png")
    visit.page.get_by_text("is no picture").wait_for()
    assert visit.ask("pad.strokes.length") == 1


def test_the_same_strokes_give_the_same_raster_in_the_dark_and_on_a_wide_screen(chrome, folder):
    found = []
    with served(folder) as address:
        for width, scheme in ((390, "light"), (1280, "dark")):
            visit = Visit(chrome, address, "pad", width)
            visit.page.emulate_media(color_scheme=scheme)
            visit.ask("pad.load([{tool: 'pen', width: 4, points: [[20, 20], [200, 120], [60, 220]]}])")
            found.append(raster(visit))
            paper = visit.ask("getComputedStyle(pad.canvas).backgroundColor")
            assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(27, 27, 27)")
            assert visit.ask("document.documentElement.scrollWidth <= innerWidth")
            visit.page.close()
    assert np.array_equal(*found)


def test_touch_draws_and_does_not_scroll(visit):
    assert visit.ask("getComputedStyle(pad.canvas).touchAction") == "none"
    visit.ask("""() => {
      const box = pad.canvas.getBoundingClientRect();
      const send = (kind, x, y) => pad.canvas.dispatchEvent(new PointerEvent(kind, {
        pointerId: 1, pointerType: "touch", button: 0, bubbles: true,
        clientX: box.left + x * box.width / 256, clientY: box.top + y * box.height / 256 }));
      pad.canvas.setPointerCapture = () => {};
      send("pointerdown", 50, 50); send("pointermove", 150, 150); send("pointerup", 150, 150);
    }""")
    assert visit.ask("pad.strokes[0].points.length") == 2


MODEL = """async () => {
  const { default: widget } = await import("./sketch_pad.js");
  const values = { strokes: [], examples: [], label: "pad", png: null };
  const heard = {};
  window.saved = 0;
  window.model = {
    get: (name) => values[name],
    set: (name, value) => {  // as Backbone does it: who sets what is there already changes nothing
      const same = JSON.stringify(values[name]) === JSON.stringify(value);
      values[name] = value;
      if (!same) heard[`change:${name}`]?.();
    },
    on: (name, action) => (heard[name] = action),
    off: () => {},
    save_changes: () => saved++,
  };
  document.getElementById("home").replaceChildren();
  widget.render({ model, el: document.getElementById("home") });
}"""


def test_what_a_kernel_sends_back_does_not_disturb_the_hand(visit):
    visit.ask(MODEL)
    stroke(visit.page, (40, 60), (200, 60))
    visit.page.wait_for_function("saved === 1")
    echo = visit.ask("JSON.stringify(model.get('strokes'))")
    box = visit.page.locator("canvas").bounding_box()
    visit.page.mouse.move(box["x"] + 20, box["y"] + 100)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + 120, box["y"] + 100, steps=5)
    visit.ask(f"model.set('strokes', {echo})")
    visit.page.mouse.move(box["x"] + 220, box["y"] + 100, steps=5)
    visit.page.mouse.up()
    visit.page.wait_for_function("saved === 2")
    strokes = visit.ask("model.get('strokes')")
    assert len(strokes) == 2
    assert len(strokes[1]["points"]) == 11


def test_strokes_are_told_as_quick_draw_has_them_and_come_back(visit):
    stroke(visit.page, (40, 60), (200, 60))
    assert visit.page.locator(".zsr-pad-status").inner_text() == "1 stroke."
    lines = visit.ask("pad.lines")
    assert [len(lines), len(lines[0])] == [1, 2]
    assert (lines[0][0][0], lines[0][1][0]) == (pytest.approx(40, abs=1), pytest.approx(60, abs=1))
    before = raster(visit)
    visit.ask("pad.clear()")
    visit.page.evaluate("lines => pad.loadLines(lines)", lines)
    assert (np.abs(raster(visit) - before) > 64).mean() < 0.002  # points come back as whole numbers


def test_a_film_shows_less_and_takes_nothing_away(visit):
    stroke(visit.page, (40, 60), (200, 60), (200, 200))
    whole, changes = raster(visit), visit.ask("changes")
    visit.ask("void (window.ended = pad.replay(20).then(() => true))")
    seen = "Array.from(pad.canvas.getContext('2d').getImageData(0, 0, pad.canvas.width, pad.canvas.width).data)"
    assert visit.ask("pad.film !== null")
    dark = [sum(value < 100 for value in visit.ask(seen)[::4])]
    assert np.array_equal(raster(visit), whole)  # what is searched with stays
    assert visit.ask("ended")
    dark.append(sum(value < 100 for value in visit.ask(seen)[::4]))
    assert dark[0] < dark[1]
    assert visit.ask("[pad.film, pad.strokes.length, changes]") == [None, 1, changes]


def test_drawing_on_ends_a_film_and_keeps_all_strokes(visit):
    stroke(visit.page, (40, 60), (200, 60))
    visit.ask("void pad.replay(50)")
    stroke(visit.page, (40, 120), (200, 120))
    assert visit.ask("[pad.film, pad.strokes.length]") == [None, 2]


def test_the_drawing_is_saved_as_a_png_file(visit):
    stroke(visit.page, (40, 60), (200, 60))
    with visit.page.expect_download() as saved:
        visit.page.locator("[data-action=save]").click()
    assert saved.value.suggested_filename == "drawing.png"
    kept = np.asarray(Image.open(saved.value.path()).convert("RGB"))[..., 0]
    assert np.array_equal(kept, raster(visit))
