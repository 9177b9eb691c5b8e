"""Tiny data sets in the true layouts, drawn by the tests."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zsr_lib.data.sets import earth_on_canvas, ucmerced


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache of its own, and no data root."""
    monkeypatch.delenv("ZSR_DATA", raising=False)
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def draw_tile(path: Path, seed: int, size: int = 20) -> Path:
    """Writes a noisy tile; another seed gives another tile."""
    noise = np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(noise).save(path)
    return path


def draw_ucmerced(images: Path, suffix: str = ".tif", per_class: int = 2) -> Path:
    """Draws all 21 class folders below `images`, with the official file names."""
    for label, name in enumerate(ucmerced.CLASSES):
        for index in range(per_class):
            draw_tile(images / name / f"{name}{index:02d}{suffix}", 100 * label + index)
    return images


def draw_sketches(folder: Path, spellings: tuple[str, ...]) -> Path:
    """Draws three sketches in each of the folders named in `spellings`."""
    for label, name in enumerate(spellings):
        for index in (1, 2, 10):
            draw_tile(folder / name / f"{index}.jpg", 10_000 + 100 * label + index)
    return folder


def state_of(folder: Path) -> dict[Path, tuple[int, int]]:
    """Modification time and size of everything below `folder`."""
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}


@pytest.fixture
def root(tmp_path, cache):
    """A data root with UC Merced in plain class folders and sketches of four classes, in mixed spellings."""
    draw_ucmerced(tmp_path / "data" / "ucmerced", ".png")
    draw_sketches(tmp_path / "data" / "eoc_sketches", ("Aeroplane", "Storage tank", "Tenniscourt", "Golf_Course"))
    return tmp_path / "data"


@pytest.fixture
def eoc_classes():
    """The 14 classes of Earth on Canvas."""
    return earth_on_canvas.INFO.classes
