"""Exact search among a million codes against search by few bytes: bytes, queries a second, recall; prints JSON.

Codes are made, not learned: points of 128 numbers around a thousand centres, so that neighbours exist. Recall@10 is the
share of the ten nearest by exact search that a shorter code finds among its own first ten; ``then exact`` takes its
first thousand and ranks them again by the whole codes, which must be kept somewhere for that. Run
``python benchmarks/compression.py``.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from zsr_lib.files import write_text
from zsr_lib.models.references.product import asymmetric_distances, fit_centres, nearest_centres
from zsr_lib.search.codes import CodeFormat, CodeTable
from zsr_lib.training.reproducible import pinned

CODES, LENGTH, CENTRES, QUERIES = 1_000_000, 128, 1000, 50
FOUND, AGAIN, SAMPLE, PARTS = 10, 1000, 4000, 16
Search = Callable[[np.ndarray, int], np.ndarray]
"""(1, D) query and K → (K,) rows."""


def made(count: int) -> tuple[np.ndarray, np.ndarray]:
    """(count, D) codes and (Q, D) queries of unit length, float32."""
    dice = np.random.default_rng(0)
    centres = dice.standard_normal((CENTRES, LENGTH), np.float32)
    both = centres[dice.integers(0, CENTRES, count + QUERIES)]
    for start in range(0, len(both), 100_000):  # a chunk at a time: the noise needs as much memory as the codes
        part = both[start : start + 100_000]
        part += dice.standard_normal(part.shape, np.float32)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return both[:count], both[count:]


def bits_of(codes: np.ndarray) -> np.ndarray:
    """(N, D / 8) uint8 signs."""
    return np.packbits(codes > 0, axis=1)


def searches(codes: np.ndarray) -> dict[str, tuple[int, Search]]:
    """Name → bytes of a code and a function that finds rows by it."""
    exact = CodeTable(form := CodeFormat("float", LENGTH, "cosine"), form.packed(codes))
    int8 = CodeTable(form := CodeFormat("int8", LENGTH, "cosine"), form.packed(codes))
    bits = CodeTable(form := CodeFormat("bits", LENGTH // 8, "hamming"), form.packed(bits_of(codes)))
    found = {
        "float32": (4 * LENGTH, lambda query, count: exact.nearest(query, count).rows[0]),
        "int8": (LENGTH + 4, lambda query, count: int8.nearest(query, count).rows[0]),
        "sign bits": (LENGTH // 8, lambda query, count: bits.nearest(bits_of(query), count).rows[0]),
    }
    centres = fit_centres(codes[:SAMPLE], PARTS)
    kept = np.concatenate([nearest_centres(codes[at : at + 50_000], centres) for at in range(0, len(codes), 50_000)])
    return found | {"product quantisation": (PARTS, by_parts(kept, centres))}


def by_parts(kept: np.ndarray, centres: np.ndarray) -> Search:
    """Searches by the asymmetric distance."""

    def search(query: np.ndarray, count: int) -> np.ndarray:
        far = asymmetric_distances(query, kept, centres)[0]
        first = np.argpartition(far, count)[:count]
        return first[np.argsort(far[first], kind="stable")]

    return search


def then_exact(search: Search, codes: np.ndarray) -> Search:
    """The first `AGAIN` rows, ranked again by the whole codes."""

    def again(query: np.ndarray, count: int) -> np.ndarray:
        rows = search(query, AGAIN)
        return rows[np.argsort(-(codes[rows] @ query[0]), kind="stable")[:count]]

    return again


def measured(search: Search, queries: np.ndarray, truth: list[np.ndarray] | None) -> tuple[dict, list[np.ndarray]]:
    """Times and recall of all queries, one after the other, and what was found."""
    search(queries[:1], FOUND)
    times, rows = [], []
    for query in queries:
        start = time.perf_counter()
        rows.append(search(query[None], FOUND))
        times.append(time.perf_counter() - start)
    hits = [len(np.intersect1d(one, other)) / FOUND for one, other in zip(rows, truth or rows, strict=True)]
    middle = statistics.median(times)
    told = {"median_ms": round(1000 * middle, 1), "queries_a_second": round(1 / middle, 1)}
    return told | {f"recall@{FOUND}": round(float(np.mean(hits)), 3)}, rows


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--codes", type=int, default=CODES, help="how many codes are searched")
    parser.add_argument("--out", type=Path, help="folder for compression.json")
    chosen = parser.parse_args()
    rows, truth = [], None
    with pinned() as threads:
        codes, queries = made(chosen.codes)
        for name, (size, search) in searches(codes).items():
            told, found = measured(search, queries, truth)
            truth = truth or found
            rows.append({"kind": name, "bytes": size} | told)
            if name not in ("float32", "int8"):
                told, _ = measured(then_exact(search, codes), queries, truth)
                rows.append({"kind": f"{name}, first {AGAIN} then exact", "bytes": size} | told)
    machine = {"cores": os.cpu_count(), "threads": threads, "torch": torch.__version__}
    report = {"machine": machine, "codes": chosen.codes, "numbers": LENGTH, "queries": len(queries), "search": rows}
    text = json.dumps(report, indent=2)
    print(text)
    if chosen.out:
        write_text(chosen.out / "compression.json", text + "\n")


if __name__ == "__main__":
    main()
