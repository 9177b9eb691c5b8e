"""Exact search among a million codes against search by few bytes: bytes, queries a second, recall; prints JSON.

Codes are made, not learned: points of 128 numbers around a thousand centres, so that neighbours exist. Recall@10 is the
share of the ten nearest by exact search that a shorter code finds among its own first ten; ``then exact`` takes its
first thousand and ranks them again by the whole codes, which must be kept somewhere for that. ITQ and centres are
fitted to the first few thousand codes. Times are the processor's, which others on the machine change little. Run
``python benchmarks/compression.py``.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch

from zsr_lib.files import write_text
from zsr_lib.models.references.hashes import grouped_means, random_hyperplanes
from zsr_lib.models.references.itq import fit_itq
from zsr_lib.models.references.product import asymmetric_distances, fit_centres, nearest_centres
from zsr_lib.search.codes import CodeFormat, CodeTable
from zsr_lib.training.reproducible import pinned

CODES, LENGTH, CENTRES, QUERIES = 1_000_000, 128, 1000, 50
FOUND, AGAIN, SAMPLE, CHUNK = 10, 1000, 4000, 50_000
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


def searches(codes: np.ndarray) -> Iterator[tuple[str, int, Search]]:
    """What is searched by, its bytes, and a function that finds rows by it; the next is made when the last has gone."""
    yield "float32", 4 * LENGTH, by_table(CodeFormat("float", LENGTH, "cosine"), codes)
    yield "int8", LENGTH + 4, by_table(CodeFormat("int8", LENGTH, "cosine"), codes)
    few = codes[:SAMPLE].astype(np.float64)
    projections = {"sign bits": np.eye(LENGTH), "grouped means, 32 bits": grouped_means(LENGTH, 32)}
    for bits in (32, 128):
        projections[f"LSH, {bits} bits"] = random_hyperplanes(LENGTH, bits, 0)
        projections[f"ITQ, {bits} bits"] = fit_itq(few - few.mean(axis=0), bits).projection
    for name, projection in projections.items():
        yield name, projection.shape[1] // 8, by_bits(codes, projection.astype(np.float32))
    for parts in (4, 16, 64):
        centres = fit_centres(few, parts)
        yield f"product quantisation, {parts} bytes", parts, by_parts(chunked(nearest_centres, codes, centres), centres)


def chunked(shorten: Callable[[np.ndarray, np.ndarray], np.ndarray], codes: np.ndarray, by: np.ndarray) -> np.ndarray:
    """(N, D) → (N, …), some rows at a time."""
    return np.concatenate([shorten(codes[at : at + CHUNK], by) for at in range(0, len(codes), CHUNK)])


def by_table(form: CodeFormat, codes: np.ndarray) -> Search:
    """Searches as the library does."""
    table = CodeTable(form, form.packed(codes))
    return lambda query, count: table.nearest(query, count).rows[0]


def by_bits(codes: np.ndarray, projection: np.ndarray) -> Search:
    """Searches by the signs of (D, B) projections."""
    search = by_table(CodeFormat("bits", projection.shape[1] // 8, "hamming"), chunked(signs, codes, projection))
    return lambda query, count: search(signs(query, projection), count)


def signs(codes: np.ndarray, projection: np.ndarray) -> np.ndarray:
    """(N, B / 8) uint8."""
    return np.packbits(codes @ projection > 0, axis=1)


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
        start = time.process_time()
        rows.append(search(query[None], FOUND))
        times.append(time.process_time() - start)
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
        for name, size, search in searches(codes):
            alone, found = measured(search, queries, truth)
            truth = truth or found
            rows.append({"kind": name, "bytes": size, "alone": alone})
            if size < LENGTH:
                rows[-1][f"first {AGAIN} then exact"], _ = measured(then_exact(search, codes), queries, truth)
    machine = {"cores": os.cpu_count(), "threads": threads, "torch": torch.__version__}
    report = {"machine": machine, "codes": chosen.codes, "numbers": LENGTH, "queries": len(queries), "search": rows}
    text = json.dumps(report, indent=2)
    print(text)
    if chosen.out:
        write_text(chosen.out / "compression.json", text + "\n")


if __name__ == "__main__":
    main()
