"""Codes on disk in three kinds: float32, int8 with one scale a row, packed bits; searched exactly.

Distances are those of `zsr_lib.evaluation.codes`. A row of int8 holds round(v / s) with s = max|v| / 127, so that each
number is off by at most s / 2.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import torch

from zsr_lib.errors import BadInputError

Kind = Literal["float", "int8", "bits"]
KINDS: tuple[Kind, ...] = ("float", "int8", "bits")
CHUNK = 16_384
"""Rows that are widened to float32 at a time: they stay in the processor's cache."""


class Nearest(NamedTuple):
    """Of each query: (Q, K) rows by ascending distance, and (Q, K) float32 distances."""

    rows: np.ndarray
    distances: np.ndarray


@dataclass(frozen=True)
class CodeFormat:
    """How codes are kept.

    Attributes:
        kind: One of `KINDS`; ``bits`` belong to `distance` ``hamming`` and to no other.
        length: Numbers of a code, or bytes of packed bits.
        distance: ``cosine``, ``euclidean`` or ``hamming``.

    Raises:
        BadInputError: Kind and distance do not go together.
    """

    kind: Kind
    length: int
    distance: str

    def __post_init__(self) -> None:
        if (self.kind == "bits") != (self.distance == "hamming"):
            raise BadInputError(
                f"codes that are compared by {self.distance} distance cannot be kept as {self.kind}.",
                "keep them as bits."
                if self.distance == "hamming"
                else "keep them as float or int8, or take bits of the system 'binary'.",
            )
        if self.distance not in ("cosine", "euclidean", "hamming"):
            raise BadInputError(f"there is no search by {self.distance} distance.", "use cosine, euclidean or hamming.")

    @property
    def dtype(self) -> np.dtype:
        """One row as a record: ``code``, and ``scale`` where there is one."""
        code = {"float": "<f4", "int8": "i1", "bits": "u1"}[self.kind]
        fields = [("code", code, (self.length,))]
        return np.dtype(fields + ([("scale", "<f4")] if self.kind == "int8" else []))

    def packed(self, codes: np.ndarray) -> np.ndarray:
        """(N,) records of (N, D) codes as a system gives them.

        Raises:
            BadInputError: Another length, or not finite.
        """
        if codes.ndim != 2 or codes.shape[1] != self.length or not np.isfinite(codes).all():
            raise BadInputError(
                f"codes have shape {codes.shape} where (N, {self.length}) finite numbers belong.",
                "embed with the system that the index was made with.",
            )
        records = np.zeros(len(codes), self.dtype)
        if self.kind == "int8":
            scale = np.abs(codes).max(axis=1) / 127
            records["scale"] = scale
            codes = np.rint(codes / np.where(scale > 0, scale, 1)[:, None])
        records["code"] = codes
        return records

    def unpacked(self, records: np.ndarray) -> np.ndarray:
        """(N, D) float32 numbers, or uint8 bits, that the records stand for."""
        if self.kind == "int8":
            return records["code"].astype(np.float32) * records["scale"][:, None]
        return np.ascontiguousarray(records["code"])


class CodeTable:
    """Records in memory or mapped from disk, ready to be searched.

    Args:
        form: Their format.
        records: (N,) as `CodeFormat.packed` makes them.
        alive: (N,) bool; False rows are never found.
    """

    def __init__(self, form: CodeFormat, records: np.ndarray, alive: np.ndarray | None = None) -> None:
        self.form, self._records = form, records
        self._dead = None if alive is None or alive.all() else ~alive
        self._squares = None if form.kind == "bits" else self._squared_lengths()

    def __len__(self) -> int:
        return len(self._records)

    def nearest(self, queries: np.ndarray, count: int) -> Nearest:
        """Exact search; among equal distances the earlier row comes first.

        Args:
            queries: (Q, D) codes of the same system.
            count: How many rows, at most as many as there are.
        """
        if queries.ndim != 2 or queries.shape[1] != self.form.length:
            raise BadInputError(
                f"a query has shape {queries.shape}, the index has codes of {self.form.length}.",
                "embed the sketch with the index's own model.",
            )
        distances = self._hamming(queries) if self.form.kind == "bits" else self._metric(queries)
        if self._dead is not None:
            distances[:, self._dead] = np.inf
        living = len(self) if self._dead is None else len(self) - int(self._dead.sum())
        count = min(count, living)
        # Everything as near as the count-th, then a stable order: ties are cut the same way every time.
        rows = np.empty((len(queries), count), np.int64)
        for place, each in enumerate(distances):
            limit = np.partition(each, count - 1)[count - 1] if count else -np.inf
            near = np.flatnonzero(each <= limit)
            rows[place] = near[np.argsort(each[near], kind="stable")][:count]
        return Nearest(rows, np.take_along_axis(distances, rows, axis=1))

    def _squared_lengths(self) -> np.ndarray:
        squares = np.empty(len(self), np.float32)
        for start, codes in self._widened():
            squares[start : start + len(codes)] = (codes * codes).sum(dim=1).numpy()
        return squares

    def _widened(self) -> Iterator[tuple[int, torch.Tensor]]:
        """First row and float32 numbers of each chunk, scales left out."""
        for start in range(0, len(self), CHUNK):
            yield start, torch.from_numpy(self._records["code"][start : start + CHUNK].astype(np.float32))

    def _metric(self, queries: np.ndarray) -> np.ndarray:
        asked = torch.from_numpy(np.ascontiguousarray(queries, np.float32))
        products = np.empty((len(queries), len(self)), np.float32)
        for start, codes in self._widened():
            products[:, start : start + len(codes)] = (asked @ codes.T).numpy()
        scale = self._records["scale"] if self.form.kind == "int8" else np.float32(1)
        if self.form.distance == "cosine":
            lengths = np.sqrt(self._squares) * np.linalg.norm(asked.numpy(), axis=1)[:, None]
            return 1 - products / np.maximum(lengths, np.finfo(np.float32).tiny)
        squares = self._squares * scale**2 + (asked.numpy() ** 2).sum(axis=1)[:, None]
        return np.sqrt(np.maximum(squares - 2 * products * scale, 0))

    def _hamming(self, queries: np.ndarray) -> np.ndarray:
        codes = self._records["code"]
        return np.stack([np.bitwise_count(codes ^ query).sum(axis=1, dtype=np.float32) for query in queries])
