"""How fast the page "Draw a query" answers in a browser, and how much it loads; prints JSON.

Needs Chromium, Playwright (``pip install '.[test]'``) and the book's npm packages (``make setup``). The page holds the
interactive part alone, made from generated scenes and the system that ships, or the one in ``--model``. It is served on
this machine, so that loading is bound by the processor. Run ``python benchmarks/draw_a_query.py``.
"""

import argparse
import functools
import gzip
import http.server
import json
import os
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from zsr_lib.book.project import Project
from zsr_lib.book.query_assets import FOLDER
from zsr_lib.book.query_files import write_assets
from zsr_lib.book.query_gallery import query_gallery
from zsr_lib.book.vendored import vendor
from zsr_lib.files import write_text
from zsr_lib.search.default_model import DEFAULT_MODEL
from zsr_lib.search.embedding import Embedder, embedder

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGE = """<!doctype html><meta charset="utf-8"><title>draw</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="_static/book/sketch_pad.css"><link rel="stylesheet" href="_static/book/draw_a_query.css">
<div class="zsr-draw"></div><script type="module" src="_static/book/draw_a_query.js"></script>"""
STROKES = 20
QUERY = "document.querySelector('.zsr-draw').query"
MEASURE = f"""async (number) => {{
  const query = {QUERY};
  const points = [[20 + 11 * number, 20], [40 + 9 * number, 230]];
  query.pad.load([...query.pad.strokes, {{ tool: "pen", width: 4, points }}]);
  while (query.running) await new Promise((done) => setTimeout(done));
  return query.milliseconds;
}}"""


WATCH = f"""() => {{
  const query = {QUERY};
  const code = query.encoder.code.bind(query.encoder), show = query.show.bind(query);
  Object.assign(window, {{ moves: [], asked: 0, shown: [] }});
  query.pad.canvas.addEventListener("pointermove", () => moves.push(performance.now()));
  query.encoder.code = (pixels) => {{ asked = performance.now(); return code(pixels); }};
  query.show = () => {{ show(); shown.push([asked, performance.now()]); }};
}}"""
WAITS = "moves.map((move) => (shown.find(([start]) => start >= move) ?? [0, NaN])[1] - move).filter(Number.isFinite)"
MANY = f"""async (number) => {{
  const query = {QUERY};
  for (let turn = 0; turn < number; turn++) {{
    const points = [[(37 * turn) % 250, 20], [(91 * turn) % 250, 230]];
    query.pad.load([{{ tool: "pen", width: 4, points }}]);
    while (query.running) await new Promise((done) => setTimeout(done));
  }}
}}"""
WARM, QUERIES = 50, 1000


def drawing(page: "Page", throttle: int) -> float:
    """95th percentile of the milliseconds from a pointer's move to photos of a drawing that holds it."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    page.evaluate(f"{QUERY}.pad.clear()")
    page.evaluate("moves.length = shown.length = 0")
    box = page.locator(".zsr-pad-canvas").bounding_box()
    for line in range(6):
        page.mouse.move(box["x"] + 30 + 40 * line, box["y"] + 20)
        page.mouse.down()
        for step in range(40):
            page.mouse.move(box["x"] + 30 + 40 * line, box["y"] + 20 + 5 * step)
            page.wait_for_timeout(10)
        page.mouse.up()
    page.wait_for_function(f"!{QUERY}.running")
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    return statistics.quantiles(page.evaluate(WAITS), n=20)[-1]


def growth(page: "Page") -> float:
    """Megabytes by which the page's heap grows over many queries, after some to warm up."""
    session = page.context.new_cdp_session(page)
    used = []
    for number in (WARM, QUERIES):
        page.evaluate(MANY, number)
        session.send("HeapProfiler.collectGarbage")
        used.append(session.send("Runtime.getHeapUsage")["usedSize"])
    return (used[1] - used[0]) / 2**20


def measure(address: str, browser: str) -> dict:
    """Milliseconds from opening the page to the first result, from a stroke's end and from a move to their results."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = chrome.new_page(viewport={"width": 1280, "height": 900})
        asked = set()  # by the page and by its worker
        page.on("request", lambda request: asked.add(urlsplit(request.url).path))
        start = time.perf_counter()
        page.goto(f"{address}/page.html")
        page.wait_for_selector(".zsr-draw[data-state=ready]")
        loaded = time.perf_counter() - start
        times = [page.evaluate(MEASURE, number) for number in range(STROKES)]
        page.wait_for_load_state("networkidle")
        names = {each for each in asked if not each.endswith(".html")}
        page.evaluate(WATCH)
        while_drawing = {f"p95_move_to_photos_ms_throttled_{rate}": round(drawing(page, rate), 1) for rate in (1, 6)}
        while_drawing[f"heap_growth_mb_of_{QUERIES}_queries"] = round(growth(page), 2)
        about = {"loaded": loaded, "times": times, "names": sorted(names), "chromium": chrome.version}
        return about | {"while_drawing": while_drawing}


def packed(file: Path) -> int:
    """Bytes of a file as a web server sends it with gzip."""
    return len(gzip.compress(file.read_bytes(), 9))


def benchmark(system: Embedder, data: str, browser: str) -> dict:
    """Makes the page, opens it, draws on it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        vendor(Project.find(Path(__file__).parent), folder / "_static")
        gallery = query_gallery(data, system.size)
        write_assets(folder / "_static" / FOLDER, system, gallery)
        (folder / "page.html").write_text(PAGE)
        handler = functools.partial(_Quiet, directory=name)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found = measure(f"http://127.0.0.1:{server.server_port}", browser)
        server.shutdown()
        files = {file: packed(folder / file.lstrip("/")) for file in found["names"]}
    times = found["times"]
    return {
        "photos": len(gallery.photos),
        "ready_s": round(found["loaded"], 2),
        "first_result_s": round(found["loaded"] + times[0] / 1000, 2),
        "stroke_end_ms_first": round(times[0], 1),
        "stroke_end_ms_median": round(statistics.median(times), 1),
        "stroke_end_ms_worst": round(max(times), 1),
        **found["while_drawing"],
        "gzip_bytes": sum(files.values()),
        "gzip_bytes_by_file": files,
        "chromium": found["chromium"],
    }


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Nothing."""


def main() -> None:
    """Measures, prints one JSON document, and writes it to a folder when one is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="folder of a fitted system, in place of the one that ships")
    parser.add_argument("--data", choices=["generated", "real"], default="generated", help="what is searched")
    parser.add_argument("--browser", default=shutil.which("chromium") or shutil.which("google-chrome"))
    parser.add_argument("--out", type=Path, help="folder for draw_a_query.json")
    arguments = parser.parse_args()
    if arguments.browser is None:
        print("draw_a_query: no Chromium on this machine, nothing is measured")
        return
    system = embedder(arguments.model or DEFAULT_MODEL)
    results = {"cores": os.cpu_count(), **benchmark(system, arguments.data, arguments.browser)}
    text = json.dumps(results, indent=2)
    print(text)
    if arguments.out:
        write_text(arguments.out / "draw_a_query.json", text + "\n")


if __name__ == "__main__":
    main()
