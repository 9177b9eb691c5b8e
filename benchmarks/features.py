"""How fast pictures become features; prints JSON.

Photos of 256 px, as they lie in the decoded store, through each backbone with random weights: computed, and found
again in the cache. Weights do not change the speed. ``--layouts`` also tries memory layouts and batch sizes, from which
the extractor's own were chosen. Run ``python benchmarks/features.py``.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from zsr_lib.data.items import ItemSet
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import make_extractor
from zsr_lib.files import write_text
from zsr_lib.settings import threads

BACKBONES = ("pixels", "hog", "small_cnn", "mobilenet_v2")
LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
BATCHES = (1, 8, 16)


def noisy(count: int) -> ItemSet:
    """`count` photos of 256 px that no cache knows."""
    pixels = np.random.default_rng(0).integers(0, 256, (count, 256, 256, 3), dtype=np.uint8)
    ids = np.arange(count).astype(str)
    return ItemSet(ids, np.zeros(count, np.int64), ("noise",), "photo", "camera", pixels=pixels)


def seconds(action) -> float:
    """Wall-clock seconds that `action` takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def measure(backbone: str, items: ItemSet, device: str) -> dict:
    """Images per second of one backbone at its usual side."""
    extractor = make_extractor(FeaturesConfig(backbone), device)
    extractor.describe(items.pixels[:1])  # the first call also chooses kernels
    computed, cached = (len(items) / seconds(lambda: extractor(items)) for _ in range(2))
    one = min(seconds(lambda: extractor.describe(items.pixels[:1])) for _ in range(5))
    return {
        "backbone": backbone,
        "side_px": FeaturesConfig(backbone).side,
        "images_per_s": round(computed, 1),
        "again_images_per_s": round(cached, 1),
        "one_image_ms": round(1000 * one, 1),
    }


@torch.inference_mode()
def layouts(device: str, images: int = 64) -> list[dict]:
    """Images per second of MobileNetV2 alone, by memory layout and batch size."""
    module = make_extractor(FeaturesConfig("mobilenet_v2"), device).describe.backbone.module
    results = []
    for name, layout in LAYOUTS.items():
        module.to(memory_format=layout)
        for size in BATCHES:
            batch = torch.rand(size, 3, 224, 224, device=device).contiguous(memory_format=layout)

            def whole(batch=batch) -> None:
                for _ in range(images // len(batch)):
                    module(batch)
                if batch.is_cuda:
                    torch.cuda.synchronize()

            whole()
            best = min(seconds(whole) for _ in range(3))
            results.append({"layout": name, "batch": size, "images_per_s": round(images / best, 1)})
    return results


def main() -> None:
    """Measures, prints one JSON document, and writes it to a folder when one is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=256)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--layouts", action="store_true", help="also memory layouts and batch sizes")
    parser.add_argument("--out", type=Path, help="folder for features.json")
    arguments = parser.parse_args()
    torch.set_num_threads(threads())
    items = noisy(arguments.images)
    found = {"cores": os.cpu_count(), "threads": threads(), "torch": torch.__version__, "device": arguments.device}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ZSR_CACHE"] = folder
        found["results"] = [measure(name, items, arguments.device) for name in BACKBONES]
    if arguments.layouts:
        found["layouts"] = layouts(arguments.device)
    text = json.dumps(found, indent=2)
    print(text)
    if arguments.out:
        write_text(arguments.out / "features.json", text + "\n")


if __name__ == "__main__":
    main()
