"""How fast the decoded store is built and read; prints JSON.

Run ``python benchmarks/store.py`` with ZSR_DATA set for UC Merced's 2 100 photos; without it, as many images are
drawn first. The store goes to a temporary cache; the batch's rows are in the operating system's file cache.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

from zsr_lib.data.datasets import dataset_info, load_dataset
from zsr_lib.files import write_text
from zsr_lib.settings import data_root

BATCH = 256
REPEATS = 50


def drawn_root(folder: Path) -> Path:
    """A data root with 2 100 noisy JPEG tiles of 256 × 256 in UC Merced's layout."""
    rng = np.random.default_rng(0)
    for name in dataset_info("ucmerced").classes:
        (folder / "ucmerced" / name).mkdir(parents=True)
        for index in range(100):
            tile = Image.fromarray(rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)).resize((256, 256))
            tile.save(folder / "ucmerced" / name / f"{name}{index:02d}.jpg", quality=88)
    return folder


def seconds(action) -> float:
    """Wall-clock seconds that `action` takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def measure(size: int, root: Path) -> dict:
    """Seconds to build and to open the store of `size` px, and milliseconds per random batch."""
    build = seconds(lambda: load_dataset("ucmerced", size, root, progress=False))
    opening = seconds(lambda: load_dataset("ucmerced", size, root, progress=False))
    photos = load_dataset("ucmerced", size, root, progress=False).photos
    rng = np.random.default_rng(0)
    batches = [rng.permutation(len(photos))[:BATCH] for _ in range(REPEATS)]
    times = [1000 * seconds(lambda rows=rows: photos.pixels[rows]) for rows in batches]
    return {
        "size_px": size,
        "images": len(photos),
        "build_s": round(build, 2),
        "open_s": round(opening, 4),
        "batch": BATCH,
        "batch_ms_first": round(times[0], 2),
        "batch_ms_median": round(statistics.median(times), 2),
        "batch_ms_worst": round(max(times), 2),
    }


def main() -> None:
    """Measures each size and prints one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[64, 256])
    parser.add_argument("--out", type=Path, help="folder for store.json")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ZSR_CACHE"] = f"{folder}/cache"
        real = data_root()
        root = real or drawn_root(Path(folder) / "data")
        versions = {"numpy": np.__version__, "pillow": PIL.__version__, "cores": os.cpu_count()}
        results = [measure(size, root) for size in arguments.sizes]
        text = json.dumps({"data": "real" if real else "drawn", **versions, "results": results}, indent=2)
        print(text)
        if arguments.out:
            write_text(arguments.out / "store.json", text + "\n")


if __name__ == "__main__":
    main()
