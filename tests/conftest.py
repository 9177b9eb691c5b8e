"""No test sees the user's data or cache unless it asks for real data."""

import os
import sys

import hypothesis
import pytest

from tests.browser import ARGUMENTS, chromium
from zsr_lib import settings

# How long an example takes says how busy the machine is, and nothing about the code.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

WORKER = "PYTEST_XDIST_WORKER" in os.environ
if WORKER:  # workers share the cores: one thread each (read by OpenMP when torch loads it, which nothing above does)
    os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def session_cache(tmp_path_factory):
    """One cache for all workers of this run: whoever needs a scene or a feature first makes it for the others."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if WORKER else own) / "cache"


@pytest.fixture(scope="session")
def scenes(session_cache):
    """Generated scenes of 64 px, 20 of each class, read-only; `tests.scenes.first` makes fewer of them."""
    from tests.scenes import all_scenes

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZSR_CACHE", str(session_cache))
        return all_scenes()


@pytest.fixture(autouse=True)
def _isolated(request, monkeypatch, session_cache):
    if request.node.get_closest_marker("long") and not os.environ.get("ZSR_LONG"):
        pytest.skip("takes long: set ZSR_LONG=1")
    monkeypatch.setenv("ZSR_CACHE", str(session_cache))
    if not request.node.get_closest_marker("real_data"):
        for name in ("ZSR_DATA", "ZSR_WEIGHTS", "ZSR_THREADS"):
            monkeypatch.delenv(name, raising=False)
    elif not os.environ.get("ZSR_DATA"):
        pytest.skip("needs real data: set ZSR_DATA to the folder that holds them")
    else:
        monkeypatch.setenv("ZSR_DATA", str(settings.data_root()))
    if plugins := sys.modules.get("zsr_lib.experiments.plugins"):
        monkeypatch.setattr(plugins, "_LOADED", [])  # the files of earlier tests' plugins are gone


@pytest.fixture(scope="session")
def chrome():
    """One browser for all page tests of this process: Playwright refuses a second one beside it."""
    from playwright.sync_api import sync_playwright

    browser = chromium()
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=browser, args=ARGUMENTS)
