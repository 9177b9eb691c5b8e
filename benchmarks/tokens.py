"""What encoding a gallery once is worth, and what a second stage costs; prints JSON.

``ours`` encodes every sketch and every photo once and compares codes by one product. ``released`` does what MLAGT's
released evaluator does without a database of features (METHODS.md §4.6): for every batch of sketches it encodes every
batch of photos again. Both compare codes of the same random network, and must give the same similarities. A photo is
encoded once for each batch of 20 sketches instead of once, so the ratio grows with the number of sketches as (Nq / 20
· N + Nq) / (N + Nq), and hardly with N. Pairs are scored from tokens on disk, in half precision and in bytes; a
query's own encoding is told apart.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from zsr_lib.data.items import ItemSet
from zsr_lib.files import write_text
from zsr_lib.models.registry import create
from zsr_lib.search.token_store import SHARD, open_tokens, packed, write_tokens
from zsr_lib.training.config import Run

TRUNK = {"width": 64, "depth": 4, "heads": 4, "hidden": 128, "patch": 8}
SYSTEM = {"size": 64, "trunk": TRUNK, "cross": {"heads": 4, "hidden": 128}, "reduced": 32}
BATCH = 20
"""Sketches, and photos, of one batch of the released evaluator."""
PUBLISHED = (197, 768)
"""Tokens of a photo, and numbers of a token, in ViT-B/16."""


def system(**options):
    """A network of random weights, ready to encode."""
    made = create("mlagt", SYSTEM | options)
    made.begin(Run(progress=False), features={"photo": 3, "sketch": 3}, classes=2)
    return made


def pictures(count: int, modality: str) -> ItemSet:
    """Noise, in blocks that survive resizing."""
    rng = np.random.default_rng(count)
    pixels = rng.integers(0, 256, (count, 8, 8, 3), dtype=np.uint8).repeat(8, axis=1).repeat(8, axis=2)
    ids = np.arange(count).astype(str)
    return ItemSet(ids, np.zeros(count, np.int64), ("noise",), modality, "recipe", pixels=pixels)


def ranked(sketches: np.ndarray, photos: np.ndarray) -> np.ndarray:
    """(Q, N) similarities of unit codes."""
    units = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in (sketches, photos))
    first, second = units
    return first @ second.T


def batches(items: ItemSet):
    """Items in the released evaluator's batches."""
    return [items.take(np.arange(start, min(start + BATCH, len(items)))) for start in range(0, len(items), BATCH)]


def released(method, sketches: ItemSet, photos: ItemSet) -> np.ndarray:
    """Similarities in the released pattern."""
    rows = []
    for some in batches(sketches):
        asked = method.embed(some)
        rows.append(np.concatenate([ranked(asked, method.embed(others)) for others in batches(photos)], axis=1))
    return np.concatenate(rows)


def timed(action):
    """Seconds, and what came out."""
    start = time.perf_counter()
    made = action()
    return time.perf_counter() - start, made


def evaluation(queries: int, gallery: int) -> dict:
    """Seconds of a full evaluation either way; their ratio."""
    method = system()
    method.chunk = BATCH  # the same batch for both, which is fair
    sketches, photos = pictures(queries, "sketch"), pictures(gallery, "photo")
    ours, one = timed(lambda: ranked(method.embed(sketches), method.embed(photos)))
    theirs, other = timed(lambda: released(method, sketches, photos))
    np.testing.assert_allclose(one, other, atol=1e-4)
    return {
        "queries": queries,
        "gallery": gallery,
        "ours_s": round(ours, 3),
        "released_s": round(theirs, 3),
        "ratio": round(theirs / ours, 1),
    }


def second_stage(gallery: int, depth: int, kind: str, second: str, repeats: int) -> dict:
    """Milliseconds of one query: a product with all codes, then the first `depth` pairs from tokens on disk."""
    method = system(second=second, losses={"relation": 4.0}, trunk=TRUNK | {"keep": [1.0, 0.9, 0.9, 0.9]})
    rng = np.random.default_rng(0)
    sketches = pictures(repeats, "sketch")
    method.chunk = 1
    encoding, _ = timed(lambda: [method.tokens(sketches.take([row])) for row in range(repeats)])
    queries = method.tokens(sketches)
    shape = queries.shape[1:]
    codes = rng.normal(size=(gallery, shape[1])).astype(np.float32)
    codes /= np.linalg.norm(codes, axis=1, keepdims=True)  # as an index keeps them
    parts = (rng.normal(size=(min(SHARD, gallery - at), *shape)).astype(np.float32) for at in range(0, gallery, SHARD))
    with tempfile.TemporaryDirectory() as folder:
        write_tokens(Path(folder), parts, "benchmark", kind)
        store = open_tokens(Path(folder), "benchmark")
        total, scoring = [], []
        for query in queries:
            start = time.perf_counter()
            near = codes @ query[0]
            first = np.argpartition(-near, depth)[:depth]
            middle = time.perf_counter()
            method.rerank(query[None], store, first[None])
            total.append(1000 * (time.perf_counter() - start))
            scoring.append(time.perf_counter() - middle)
        return {
            "gallery": gallery,
            "depth": depth,
            "kind": kind,
            "score": second,
            "tokens": shape[0],
            "bytes_per_photo": store.bytes_per_item,
            "encode_ms": round(1000 * encoding / repeats, 1),
            "both_stages_ms_median": round(statistics.median(total[1:]), 1),
            "both_stages_ms_worst": round(max(total[1:]), 1),
            "pairs_per_s": round(depth / statistics.median(scoring[1:])),
        }


def main() -> None:
    """Measures everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--galleries", type=int, nargs="+", default=[300, 2100])
    parser.add_argument("--photos", type=int, default=10_000, help="of the second stage's gallery")
    parser.add_argument("--depth", type=int, default=100)
    parser.add_argument("--out", type=Path, help="folder for tokens.json")
    options = parser.parse_args()
    load = os.getloadavg()[0]  # of others: nothing is measured yet
    stages = [(kind, second) for kind in ("fp16", "int8") for second in ("cross", "relation", "matches")]
    published = np.zeros((1, *PUBLISHED), np.float32)
    found = {
        "machine": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "load": round(load, 1),
        "evaluations": [evaluation(options.queries, gallery) for gallery in options.galleries],
        "growth_with_queries": [evaluation(queries, 300) for queries in (20, 60, 180)],
        "second_stage": [second_stage(options.photos, options.depth, *each, repeats=20) for each in stages],
        "bytes_per_photo_vit_b_16": {kind: packed(published, kind).dtype.itemsize for kind in ("fp16", "int8")},
    }
    text = json.dumps(found, indent=1) + "\n"
    print(text, end="")
    if options.out:
        write_text(options.out / "tokens.json", text)


if __name__ == "__main__":
    main()
