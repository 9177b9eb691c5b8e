"""How fast an archive is indexed and searched with the system that ships; prints JSON.

With ``--photos DIR`` the archive is a folder of yours, for example UC Merced's 2 100 photos; without, it is 2 100
pictures of noise, 256 px, as PNG files. A query is timed from pixels to results in an index that is open. Codes are
searched exactly among a million of 128 numbers or bits. Run ``python benchmarks/search.py``.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from zsr_lib.files import write_text
from zsr_lib.search.api import index
from zsr_lib.search.building import build_index
from zsr_lib.search.codes import CodeFormat, CodeTable
from zsr_lib.search.embedding import embedder
from zsr_lib.training.reproducible import pinned

PHOTOS, SIDE = 2100, 256
CODES, LENGTH = 1_000_000, 128
REPEATS = 20


def seconds(action: Callable[[], object]) -> float:
    """Wall-clock seconds that `action` takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def milliseconds(action: Callable[[], object]) -> dict[str, float]:
    """Median and largest of `REPEATS` calls, after one that is not counted."""
    action()
    times = [1000 * seconds(action) for _ in range(REPEATS)]
    return {"median_ms": round(statistics.median(times), 1), "largest_ms": round(max(times), 1)}


def noise(folder: Path) -> Path:
    """`PHOTOS` pictures that differ."""
    dice = np.random.default_rng(0)
    folder.mkdir()
    for number in range(PHOTOS):
        coarse = Image.fromarray(dice.integers(0, 256, (32, 32, 3), np.uint8))
        coarse.resize((SIDE, SIDE)).save(folder / f"{number}.png")
    return folder


def drawing() -> np.ndarray:
    """A cross, dark on white."""
    pixels = np.full((SIDE, SIDE, 3), 255, np.uint8)
    pixels[120:130, 20:236] = pixels[20:236, 120:130] = 0
    return pixels


def archive(photos: Path, place: Path) -> dict:
    """Indexing all, again with nothing new, and one query."""
    first = seconds(lambda: index(photos, place, progress=False))
    again = seconds(lambda: build_index(photos, place, embedder(), progress=False))
    opened, sketch = index(photos, place, progress=False), drawing()
    return {
        "windows": len(opened),
        "index_s": round(first, 1),
        "index_again_s": round(again, 2),
        "query": milliseconds(lambda: opened.search(sketch, 20)),
    }


def codes() -> list[dict]:
    """Exact search among `CODES` codes of each kind."""
    dice = np.random.default_rng(0)
    numbers = dice.standard_normal((CODES, LENGTH), np.float32)
    packed = dice.integers(0, 256, (CODES, LENGTH // 8), np.uint8)
    rows = []
    for kind, distance, values in (
        ("float", "cosine", numbers),
        ("int8", "cosine", numbers),
        ("bits", "hamming", packed),
    ):
        form = CodeFormat(kind, values.shape[1], distance)
        table = CodeTable(form, form.packed(values))
        rows.append({"kind": kind, "codes": CODES} | milliseconds(lambda t=table, v=values: t.nearest(v[:1], 20)))
    return rows


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, help="a folder of pictures")
    parser.add_argument("--out", type=Path, help="folder for search.json")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, pinned() as threads:
        photos = chosen.photos or noise(Path(folder) / "noise")
        report = {
            "machine": {"cores": os.cpu_count(), "threads": threads, "torch": torch.__version__},
            "archive": archive(photos, Path(folder) / "index"),
            "exact_search": codes(),
        }
    text = json.dumps(report, indent=2)
    print(text)
    if chosen.out:
        write_text(chosen.out / "search.json", text + "\n")


if __name__ == "__main__":
    main()
