"""How fast rankings are scored, beside torchmetrics and a loop over scikit-learn, in one run; prints JSON.

Every contestant starts from the same codes (25 classes, float32) and runs in a process of its own, so that peak memory
can be told apart. Each ratio compares the same metrics. Run ``python benchmarks/evaluate.py``;
``--large`` adds Sketchy's size, 15 229 queries against 17 101 photos.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

SMALL, LARGE = (1000, 10_000, 128), (15_229, 17_101, 512)
METRICS = ("AP@all/std", "AP@200/std/min_r_k", "P@100/k")
REPEATS = 5


def clustered(queries: int, gallery: int, dimensions: int) -> tuple:
    """Codes scattered about 25 class centres, with their labels."""
    generator = np.random.default_rng(0)
    centres = generator.normal(size=(25, dimensions)).astype(np.float32)
    labels = [generator.integers(0, 25, size) for size in (queries, gallery)]
    noise = [generator.standard_normal((len(part), dimensions), dtype=np.float32) for part in labels]
    return *(centres[part] + 2 * blur for part, blur in zip(labels, noise, strict=True)), *labels


def ours(size: tuple, distance: str = "euclidean", device: str = "cpu", metrics: tuple = METRICS):
    """`zsr_lib.evaluation`."""
    from zsr_lib.evaluation.protocols import Protocol
    from zsr_lib.evaluation.score import evaluate
    from zsr_lib.evaluation.sides import Side

    query_codes, gallery_codes, query_labels, gallery_labels = clustered(*size)
    if distance == "hamming":
        query_codes, gallery_codes = np.packbits(query_codes > 0, axis=1), np.packbits(gallery_codes > 0, axis=1)
    sides = Side(query_codes, query_labels), Side(gallery_codes, gallery_labels)
    return lambda: evaluate(*sides, metrics, Protocol(distance=distance), device=device).micro(metrics[0])


def scikit_learn(size: tuple):
    """One matrix of distances, then `average_precision_score` for each query: AP@all only."""
    from sklearn.metrics import average_precision_score
    from sklearn.metrics.pairwise import euclidean_distances

    query_codes, gallery_codes, query_labels, gallery_labels = clustered(*size)

    def run() -> float:
        scores = -euclidean_distances(query_codes, gallery_codes)
        pairs = zip(query_labels, scores, strict=True)
        return float(np.mean([average_precision_score(gallery_labels == label, row) for label, row in pairs]))

    return run


def torchmetrics(size: tuple, three: bool = True):
    """`RetrievalMAP`, and for three metrics its `top_k` and `RetrievalPrecision`.

    Scores are mapped to positive values, without which version 1.8 and later returns 0.
    """
    import torch

    from zsr_lib.features.torchvision_import import import_torchvision

    import_torchvision()  # torchmetrics imports it, which fails beside a CPU build of torch unless it is done here
    from torchmetrics.retrieval import RetrievalMAP, RetrievalPrecision

    query_codes, gallery_codes, query_labels, gallery_labels = map(torch.from_numpy, clustered(*size))
    metrics = [RetrievalMAP(), RetrievalMAP(top_k=200), RetrievalPrecision(top_k=100)][: 3 if three else 1]

    def run() -> float:
        scores = 1 / (1 + torch.cdist(query_codes, gallery_codes))
        indexes = torch.arange(len(scores))[:, None].expand_as(scores)
        target = (query_labels[:, None] == gallery_labels).flatten()
        values = [float(metric(scores.flatten(), target, indexes.flatten())) for metric in metrics]
        return values[0]

    return run


CONTESTANTS = {
    "ours": lambda: ours(SMALL),
    "ours, AP@all": lambda: ours(SMALL, metrics=METRICS[:1]),
    "ours, cosine": lambda: ours(SMALL, "cosine"),
    "ours, l1": lambda: ours(SMALL, "l1"),
    "ours, hamming 128 bits": lambda: ours(SMALL, "hamming"),
    "scikit-learn, AP@all": lambda: scikit_learn(SMALL),
    "torchmetrics": lambda: torchmetrics(SMALL),
    "torchmetrics, AP@all": lambda: torchmetrics(SMALL, three=False),
    "ours, 15229 x 17101": lambda: ours(LARGE),
    "ours, cuda, 15229 x 17101": lambda: ours(LARGE, device="cuda"),
}


def measure(name: str, repeats: int) -> dict:
    """Runs one contestant in this process: seconds, peak memory, and the AP@all that it found."""
    action = CONTESTANTS[name]()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        value = action()
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"name": name, "seconds_best": round(min(times), 4), "seconds_median": round(statistics.median(times), 4),
            "peak_mib": round(peak), "AP@all": round(value, 6)}  # fmt: skip


def run_all(large: bool, cuda: bool) -> dict:
    """Every contestant in a process of its own, and how ours compares."""
    names = [name for name in CONTESTANTS if ("x" not in name or large) and ("cuda" not in name or cuda)]
    results = {}
    for name in names:
        repeats = 1 if "x" in name else REPEATS
        call = [sys.executable, __file__, "--only", name, "--repeats", str(repeats)]
        results[name] = json.loads(subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True).stdout)
    best = {name: result["seconds_best"] for name, result in results.items()}
    pairs = (
        ("torchmetrics", "ours"),
        ("torchmetrics, AP@all", "ours, AP@all"),
        ("scikit-learn, AP@all", "ours, AP@all"),
    )
    ratios = {peer: round(best[peer] / best[same], 1) for peer, same in pairs}
    return {"cores": os.cpu_count(), "numpy": np.__version__, "metrics": METRICS, "times_faster": ratios,
            "results": list(results.values())}  # fmt: skip


def main() -> None:
    """Prints the measurements, and writes them to a folder when one is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="add Sketchy's size")
    parser.add_argument("--cuda", action="store_true", help="add the GPU (with --large)")
    parser.add_argument("--only", choices=CONTESTANTS, help="measure one contestant in this process")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--out", type=Path, help="folder for evaluate.json")
    arguments = parser.parse_args()
    if arguments.only:
        print(json.dumps(measure(arguments.only, arguments.repeats)))
        return
    text = json.dumps(run_all(arguments.large, arguments.cuda), indent=2)
    print(text)
    if arguments.out:
        from zsr_lib.files import write_text

        write_text(arguments.out / "evaluate.json", text + "\n")


if __name__ == "__main__":
    main()
