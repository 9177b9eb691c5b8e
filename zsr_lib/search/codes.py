"""Codes on disk in three kinds: float32, int8 with one scale a row, packed bits; searched exactly.

Distances are those of `zsr_lib.evaluation.codes`. A row of int8 holds round(v / s) with s = max|v| / 127, so that each
number is off by at most s / 2.
"""

from collections.abc import Iterator, Sequence
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
        if form.kind == "bits":
            self._words = _words(records["code"])
        else:
            self._squares = self._squared_lengths()

    def __len__(self) -> int:
        return len(self._records)

    def codes(self, rows: Sequence[int]) -> np.ndarray:
        """(N, D) numbers or bits of some rows."""
        return self.form.unpacked(self._records[rows])

    def nearest(self, queries: np.ndarray, count: int, among: np.ndarray | None = None) -> Nearest:
        """Exact search; among equal distances the earlier row comes first.

        Args:
            queries: (Q, D) codes of the same system.
            count: How many rows, at most as many as there are.
            among: (N,) bool; False rows are not searched.
        """
        if queries.ndim != 2 or queries.shape[1] != self.form.length:
            raise BadInputError(
                f"a query has shape {queries.shape}, the index has codes of {self.form.length}.",
                "embed the sketch with the index's own model.",
            )
        distances = self._hamming(queries) if self.form.kind == "bits" else self._metric(queries)
        left_out = [rows for rows in (self._dead, None if among is None else ~among) if rows is not None]
        dead = np.logical_or.reduce(left_out) if left_out else np.zeros(0, bool)
        if dead.any():
            distances[:, dead] = np.inf
        count = min(count, len(self) - int(dead.sum()))
        # Everything as near as the count-th, then a stable order: ties are cut the same way every time.
        rows = np.empty((len(queries), count), np.int64)
        for place, each in enumerate(distances):
            limit = np.partition(each, count - 1)[count - 1] if count else -np.inf
            near = np.flatnonzero(each <= limit)
            rows[place] = near[np.argsort(each[near], kind="stable")][:count]
        return Nearest(rows, np.take_along_axis(distances, rows, axis=1))

    def _squared_lengths(self) -> np.ndarray:
        squares = torch.empty(len(self))
        for start, codes in self._widened():
            torch.sum(codes * codes, dim=1, out=squares[start : start + len(codes)])
        return squares.numpy()

    def _widened(self) -> Iterator[tuple[int, torch.Tensor]]:
        """First row and float32 numbers of each chunk, scales left out; a chunk is gone when the next one comes."""
        codes, room = torch.from_numpy(self._records["code"]), torch.empty(CHUNK, self.form.length)
        for start in range(0, len(self), CHUNK):
            part = codes[start : start + CHUNK]
            yield start, room[: len(part)].copy_(part)  # torch widens faster than NumPy, and with all threads

    def _metric(self, queries: np.ndarray) -> np.ndarray:
        asked = torch.from_numpy(np.ascontiguousarray(queries, np.float32))
        told = torch.empty(len(queries), len(self))
        for start, codes in self._widened():
            for query, row in zip(asked, told, strict=True):
                torch.mv(codes, query, out=row[start : start + len(codes)])
        products, lengths = told.numpy(), np.linalg.norm(queries.astype(np.float32), axis=1)[:, None]
        if self.form.distance == "cosine":
            both = np.sqrt(self._squares) * lengths
            return 1 - products / np.maximum(both, np.finfo(np.float32).tiny)
        scale = self._records["scale"] if self.form.kind == "int8" else np.float32(1)
        squares = self._squares * scale**2 + lengths**2
        return np.sqrt(np.maximum(squares - 2 * products * scale, 0))

    def _hamming(self, queries: np.ndarray) -> np.ndarray:
        distances = np.empty((len(queries), len(self)), np.float32)
        for row, query in zip(distances, _words(queries), strict=True):
            for start in range(0, len(self), CHUNK):
                part = self._words[start : start + CHUNK]
                counts = np.zeros(len(part), np.uint16)
                for word, asked in zip(part.T, query, strict=True):  # a column at a time: sums along rows are slow
                    counts += np.bitwise_count(word ^ asked)
                row[start : start + CHUNK] = counts
        return distances


def _words(codes: np.ndarray) -> np.ndarray:
    """(N, W) uint64 that hold (N, B) uint8, filled up with zeros; a view where nothing is to be filled up."""
    spare = -codes.shape[1] % 8
    padded = np.pad(codes, ((0, 0), (0, spare))) if spare else np.ascontiguousarray(codes)
    return padded.view(np.uint64)
