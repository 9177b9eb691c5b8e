"""What page tests use: the system's Chromium, driven by Playwright, and a server for the pages."""

import functools
import http.server
import os
import shutil
import threading
from contextlib import contextmanager

import pytest

ARGUMENTS = [
    "--no-sandbox",  # CI runs as root in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is there: a shell without windows takes a fifth less time for the same pages."""
PATIENCE = 120_000
"""Milliseconds that a page may take on a machine that is busy with something else."""
COMPLETE = "async () => { await document.fonts.ready; }"
"""Fonts are there, which may come after the page's ``load`` event."""


def chromium() -> str:
    """Path of the system's Chromium; without one the test is skipped, or fails where a browser is required."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        reason = "no Chromium on this machine (Debian, Ubuntu: sudo apt install chromium)"
        if os.environ.get("ZSR_REQUIRE_BROWSER"):
            pytest.fail(reason + ", and ZSR_REQUIRE_BROWSER makes that an error")
        pytest.skip(reason)
    return found


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    """Address of a server for the files of a folder."""
    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


class Visit:
    """A loaded page, and what it asked for and complained about on the way.

    `until` is what Playwright's ``goto`` waits for: half a second without a request, or with ``load`` nothing more
    than the page's own files, fonts and formulas.
    """

    def __init__(self, chrome, address, path, width, until="networkidle"):
        self.page = chrome.new_page(viewport={"width": width, "height": 900})
        self.page.set_default_timeout(PATIENCE)
        self.outside, self.complaints = [], []
        self.page.route("**/*", functools.partial(self._only_from, address))
        self.page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.response = self.page.goto(f"{address}/{path}.html", wait_until=until)
        self.ask(COMPLETE)

    def _only_from(self, address, route):
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def ask(self, script):
        return self.page.evaluate(script)


def stroke(page, *points):
    """One stroke of the pointer through points of the sketch pad, 0 to 256."""
    canvas = page.locator(".zsr-pad-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    places = [(box["x"] + x * box["width"] / 256, box["y"] + y * box["height"] / 256) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=5)
    page.mouse.up()
