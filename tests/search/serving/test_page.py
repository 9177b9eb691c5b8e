"""The page of ``zsr serve`` in a real browser, on a desktop and on a phone."""

import signal

import pytest
from PIL import Image

from tests.browser import Visit, stroke
from tests.search.serving.servers import command, in_thread, printed_address
from zsr_lib.search.building import build_index

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

RUNWAY = [[(30, 40), (200, 210)], [(60, 30), (225, 195)], [(90, 95), (110, 115)]]


def draw(visit, *strokes):
    """Strokes by the pointer, through points of the square, 0 to 256."""
    for points in strokes:
        stroke(visit.page, *points)


def found(visit, words):
    """Waits for what the page says, until no search is due (they wait for 150 ms), and for the pictures."""
    visit.page.locator("#status", has_text=words).wait_for()
    visit.ask("""() => new Promise((settled) => {
      let quiet = 0;
      const clock = setInterval(() => {
        quiet = document.querySelector("[aria-busy]") ? 0 : quiet + 1;
        if (quiet === 8) settled(clearInterval(clock));
      }, 50);
    }).then(() => Promise.allSettled([...document.images].map((each) => each.decode())))""")
    return visit.page.locator("#hits li")


@pytest.fixture
def visit(chrome, client):
    made = Visit(chrome, f"http://127.0.0.1:{client.port}", "index", 1280)
    yield made
    assert made.complaints == []
    assert made.outside == []
    made.page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_drawing_finds_pictures_with_scores(chrome, index_folder, width):
    process = command(index_folder, "--port", 0, "-k", 6)
    try:
        visit = Visit(chrome, printed_address(process), "index", width)
        assert "12 pictures below" in visit.page.locator("#archive").inner_text()
        assert visit.page.get_by_label("show").input_value() == "6"
        draw(visit, *RUNWAY)
        hits = found(visit, "The nearest 6 of 12")
        assert hits.count() == 6
        assert visit.ask("[...document.images].every((each) => each.naturalWidth === 256)")
        scores = [float(each.split()[-1]) for each in hits.locator(".score").all_inner_texts()]
        assert scores == sorted(scores, reverse=True)
        assert all(each.startswith("tiles/") for each in hits.locator(".path").all_inner_texts())
        assert visit.ask("document.documentElement.scrollWidth <= innerWidth")
        assert visit.complaints == []
        assert visit.outside == []
        visit.page.close()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_an_empty_pad_and_a_drawing_that_was_rubbed_out_show_no_pictures(visit):
    hits = visit.page.locator("#hits li")
    assert "Draw on the pad" in visit.page.locator("#status").inner_text()
    draw(visit, *RUNWAY)
    assert found(visit, "The nearest").count() == 5
    visit.page.locator("[data-action=clear]").click()
    found(visit, "Draw on the pad")
    assert hits.count() == 0
    draw(visit, [(100, 100), (150, 100)])
    found(visit, "The nearest")
    visit.page.get_by_title("eraser").click()
    visit.page.get_by_label("stroke width").select_option("16")
    draw(visit, [(80, 100), (170, 100)])
    found(visit, "is empty")
    assert hits.count() == 0
    assert visit.complaints.pop().startswith("Failed to load resource: the server responded with a status of 400")


def test_how_many_are_shown_can_be_changed_by_keys_alone(visit):
    visit.page.locator("canvas").focus()
    for key in ("Space", *["ArrowRight"] * 5, *["ArrowDown"] * 5, "Space"):
        visit.page.keyboard.press(key)
    found(visit, "The nearest 5")
    visit.page.get_by_label("show").focus()
    visit.page.keyboard.press("ArrowDown")
    assert found(visit, "The nearest 4").count() == 4
    visit.page.get_by_label("show").fill("999")
    found(visit, "Ask for 1 to 200")


@pytest.mark.parametrize("width", [1280, 390])
def test_more_like_this_not_like_this_and_only_a_part(chrome, client, width):
    visit = Visit(chrome, f"http://127.0.0.1:{client.port}", "index", width)
    visit.page.get_by_label("show").fill("12")
    draw(visit, *RUNWAY)
    hits = found(visit, "The nearest 12 of 12")
    paths = hits.locator(".path").all_inner_texts()
    visit.page.get_by_role("button", name="12: more like this").click()
    visit.page.locator("#examples", has_text="More like 1, not like 0").wait_for()
    moved = found(visit, "The nearest 12 of 12").locator(".path").all_inner_texts()
    assert moved.index(paths[-1]) < 11
    assert hits.locator("[aria-pressed=true]").count() == 1
    visit.page.get_by_role("button", name="12: not like this").click()
    assert found(visit, "The nearest 11 of 12").count() == 11
    visit.page.get_by_role("button", name="forget").click()
    assert found(visit, "The nearest 12 of 12").locator(".path").all_inner_texts() == paths
    visit.page.get_by_text("Search only a part").click()
    visit.page.get_by_label("files").fill("tiles/harbor")
    hits = found(visit, "The nearest 4 of 4")
    assert all("harbor" in each for each in hits.locator(".path").all_inner_texts())
    assert visit.ask("document.documentElement.scrollWidth <= innerWidth")
    assert (visit.complaints, visit.outside) == ([], [])
    visit.page.get_by_label("changed since").fill("2999-01-01")
    found(visit, "No window fits")  # status 400, of which the browser's console complains sooner or later
    visit.page.close()


def test_only_the_answer_to_the_last_drawing_is_shown(visit):
    asked = []
    visit.page.on("request", lambda request: request.url.endswith("k=5") and asked.append(request))
    visit.page.route("**/search?*", lambda route: None if len(asked) == 1 else route.continue_())  # the first hangs
    draw(visit, RUNWAY[0])
    visit.page.locator("#hits[aria-busy=true]").wait_for(state="attached")
    draw(visit, RUNWAY[1])
    assert found(visit, "The nearest 5").count() == 5
    assert len(asked) == 2
    assert asked[0].failure == "net::ERR_ABORTED"


def test_strokes_in_quick_succession_are_searched_with_once(visit):
    asked = []
    visit.page.on("request", lambda request: "/search" in request.url and asked.append(request))
    visit.ask("""() => {
      const box = document.querySelector("canvas").getBoundingClientRect();
      const canvas = document.querySelector("canvas");
      canvas.setPointerCapture = () => {};
      const steps = [["pointerdown", 40], ["pointermove", 200], ["pointerup", 200]];
      for (const y of [60, 100, 140, 180]) for (const [kind, x] of steps)
        canvas.dispatchEvent(new PointerEvent(kind, { pointerId: 1, button: 0, bubbles: true,
          clientX: box.left + x * box.width / 256, clientY: box.top + y * box.height / 256 }));
    }""")
    found(visit, "The nearest 5")
    assert len(asked) == 1


def test_a_picture_can_be_put_on_the_pad_or_pasted_anywhere(visit, sketch):
    with visit.page.expect_file_chooser() as chosen:
        visit.page.locator("[data-action=upload]").click()
    chosen.value.set_files(sketch)
    assert found(visit, "The nearest 5").count() == 5
    visit.page.locator("[data-action=clear]").click()
    found(visit, "Draw on the pad")
    visit.ask("""async () => {
      const canvas = new OffscreenCanvas(64, 64);
      const context = canvas.getContext("2d");
      context.fillStyle = "#fff"; context.fillRect(0, 0, 64, 64);
      context.fillStyle = "#000"; context.fillRect(20, 20, 20, 4);
      const file = new File([await canvas.convertToBlob()], "pasted.png", { type: "image/png" });
      const data = new DataTransfer();
      data.items.add(file);
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
    }""")
    assert found(visit, "The nearest 5").count() == 5


def test_what_is_missing_or_changed_is_marked(visit, archive):
    paths = sorted(archive.rglob("*.png"))
    paths[0].unlink()
    Image.new("RGB", (64, 64), "red").save(paths[1])
    paths[2].write_bytes(b"no picture")
    visit.page.get_by_label("show").fill("12")
    draw(visit, *RUNWAY)
    found(visit, "The nearest 12")
    visit.page.get_by_text("cannot be shown").wait_for()
    states = visit.page.locator(".state").all_inner_texts()
    assert sorted(states) == ["changed since it was indexed"] * 2 + ["missing: moved or deleted"]
    assert visit.page.get_by_text("no picture", exact=True).count() == 1
    assert visit.complaints
    assert [each for each in visit.complaints if "410" not in each] == []  # the browser's own words
    visit.complaints.clear()


def test_names_of_files_are_text_and_nothing_else(chrome, archive, system, tmp_path, sketch):
    name = "<img src=x onerror=alert(1)>.png"
    Image.open(sketch).save(archive / name)
    build_index(archive, tmp_path / "odd", system, progress=False)
    with in_thread(tmp_path / "odd", count=13) as client:
        visit = Visit(chrome, f"http://127.0.0.1:{client.port}", "index", 1280)
        draw(visit, *RUNWAY)
        found(visit, "The nearest 13")
        assert visit.page.locator(".path", has_text=name).count() == 1
        assert visit.page.locator("img[src=x]").count() == 0
        assert visit.complaints == []
        visit.page.close()


def test_a_server_that_has_ended_is_said(chrome, index_folder):
    with in_thread(index_folder) as client:
        visit = Visit(chrome, f"http://127.0.0.1:{client.port}", "index", 1280)
    draw(visit, *RUNWAY)
    found(visit, "does not answer")
    assert visit.page.locator("#status").inner_text().strip()
    assert visit.page.locator("img").count() == 0
    visit.page.close()


def test_the_page_is_dark_in_the_dark(visit):
    visit.page.emulate_media(color_scheme="dark")
    assert visit.ask("matchMedia('(prefers-color-scheme: dark)').matches")
    ink, paper = visit.ask("""(() => {
      const probe = Object.assign(document.createElement("p"), { className: "state" });
      document.body.append(probe);
      const found = [getComputedStyle(probe).color, getComputedStyle(document.querySelector("canvas")).backgroundColor];
      probe.remove();
      return found;
    })()""")
    assert (ink, paper) == ("rgb(255, 178, 127)", "rgb(27, 27, 27)")
