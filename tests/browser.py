"""The browser that page tests use: the system's Chromium, driven by Playwright."""

import os
import shutil

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


def chromium() -> str:
    """Path of the system's Chromium; without one the test is skipped, or fails where a browser is required."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        reason = "no Chromium on this machine (Debian, Ubuntu: sudo apt install chromium)"
        if os.environ.get("ZSR_REQUIRE_BROWSER"):
            pytest.fail(reason + ", and ZSR_REQUIRE_BROWSER makes that an error")
        pytest.skip(reason)
    return found
