"""Ranks every query against the gallery, a batch at a time, within a memory budget."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain

import numpy as np
from threadpoolctl import threadpool_limits

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation import distances
from zsr_lib.evaluation.codes import Codes
from zsr_lib.evaluation.distances import QUERY_TILE
from zsr_lib.evaluation.matching import Matching
from zsr_lib.evaluation.ranking import Ranking, absent, check_ties, gather, row_spans
from zsr_lib.evaluation.rerank import SecondStage
from zsr_lib.settings import threads

MEMORY = 512 * 2**20
"""Bytes that a batch of distances may take unless told otherwise."""


@dataclass(frozen=True, eq=False)
class Retrieval:
    """Who is compared with whom.

    Attributes:
        codes: Q queries and N gallery items with their distance.
        relevant: Which gallery items a query should find.
        exclude: Gallery items that are taken away from a query's gallery (itself), or None.
        within: The gallery items among which a query is answered, or None for all of them.
        second: What ranks the first of them again, or None.

    Raises:
        BadInputError: A matching is about other numbers of queries or gallery items, or more are to be ranked again
            than a gallery holds.
    """

    codes: Codes
    relevant: Matching
    exclude: Matching | None = None
    within: Matching | None = None
    second: SecondStage | None = None

    def __post_init__(self) -> None:
        for name in ("relevant", "exclude", "within"):
            matching = getattr(self, name)
            if matching is not None and matching.shape != self.codes.shape:
                raise BadInputError(
                    f"there are {self.codes.shape} (query, gallery) codes, but labels or ids ({name}) "
                    f"for {matching.shape}.",
                    "give one label and one id for each code.",
                )
        if self.second and (smallest := self.gallery_sizes().min()) < self.second.depth:
            raise BadInputError(
                f"the first {self.second.depth} are to be ranked again, but a query's gallery holds {smallest} items.",
                f"re-rank {smallest} or fewer; with all of them every pair is scored.",
            )

    def absent_columns(self, query: int) -> np.ndarray:
        """Indices of the gallery items that do not count for this query."""
        away = np.empty(0, dtype=np.int64) if self.exclude is None else self.exclude.columns(query)
        if self.within is None:
            return away
        outside = np.setdiff1d(np.arange(self.codes.shape[1]), self.within.columns(query))
        return np.union1d(outside, away)

    def gallery_sizes(self) -> np.ndarray:
        """(Q,) number of gallery items that each query is ranked against."""
        queries, gallery = self.codes.shape
        if self.exclude is None and self.within is None:
            return np.full(queries, gallery)
        return np.array([gallery - len(self.absent_columns(query)) for query in range(queries)])


def rankings(task: Retrieval, ties: str, memory: int = MEMORY, device: str = "cpu") -> Iterator[Ranking]:
    """Rankings of consecutive batches of queries; their number depends on `memory`, their content does not.

    Args:
        task: Who is compared with whom.
        ties: One of `ranking.TIE_RULES`.
        memory: Bytes that a batch of distances may take.
        device: `cpu`, or a torch device such as `cuda`.

    Raises:
        BadInputError: The budget does not hold `QUERY_TILE` rows, or the device cannot be used.
        UnknownNameError: Unknown tie rule.
    """
    check_ties(ties)
    queries, gallery = task.codes.shape
    # A sort on a device keeps values and indices beside the distances; a second stage copies them.
    bytes_a_pair = 8 if device == "cpu" and task.second is None else 32
    rows = memory // (gallery * bytes_a_pair) // QUERY_TILE * QUERY_TILE
    if not rows:
        raise BadInputError(
            f"a memory budget of {memory / 2**20:.0f} MiB is too small for {gallery} gallery items.",
            f"allow at least {QUERY_TILE * gallery * bytes_a_pair / 2**20 + 1:.0f} MiB.",
        )
    ranked = _again if task.second else _on_host if device == "cpu" else _on_device(device)
    for first in range(0, queries, rows):
        yield ranked(task, range(first, min(first + rows, queries)), ties).under(ties)


def _on_host(task: Retrieval, batch: range, ties: str) -> Ranking:
    """Ranks a batch with NumPy, one part a thread.

    BLAS is held to one thread: ours also sort, and BLAS's own wait by spinning, which stalls when a core is taken.
    """
    workers = threads()
    rows = -(-len(batch) // workers // QUERY_TILE) * QUERY_TILE
    parts = [batch[first : first + rows] for first in range(0, len(batch), rows)]
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(workers) as pool:
        spans = pool.map(partial(_host_spans, task, ties), parts)
        return gather(list(chain.from_iterable(spans)))


def _host_spans(task: Retrieval, ties: str, batch: range) -> list[tuple[np.ndarray, np.ndarray]]:
    """The (start, stop) ranks of each query's relevant items."""
    block, relevant = _block(task, batch), [task.relevant.columns(query) for query in batch]
    return [row_spans(row, columns, ties) for row, columns in zip(block, relevant, strict=True)]


def _block(task: Retrieval, batch: range) -> np.ndarray:
    """(q, N) distances, with what is not in a query's gallery marked."""
    block = distances.block(task.codes, batch.start, batch.stop)
    for row, query in zip(block, batch, strict=True):
        row[task.absent_columns(query)] = absent(row.dtype)
    return block


def _again(task: Retrieval, batch: range, ties: str) -> Ranking:
    """Ranks a batch by codes and the first K again; on one thread, because scores come from a network with its own."""
    assert task.second is not None
    relevant = [task.relevant.columns(query) for query in batch]
    block = task.second.applied(_block(task, batch), batch, relevant, ties)
    return gather([row_spans(row, columns, ties) for row, columns in zip(block, relevant, strict=True)])


def _on_device(name: str) -> Callable[[Retrieval, range, str], Ranking]:
    """A function like `_on_host` that works on a torch device."""
    import torch

    from zsr_lib.devices import device_of
    from zsr_lib.evaluation import on_device

    device = device_of(name, torch.float64)

    def ranked(task: Retrieval, batch: range, ties: str) -> Ranking:
        block = on_device.block(task.codes, batch.start, batch.stop, device)
        if task.exclude is not None or task.within is not None:
            for row, query in zip(block, batch, strict=True):
                row[task.absent_columns(query).tolist()] = np.inf
        return gather(on_device.spans(block, [task.relevant.columns(query) for query in batch], ties))

    return ranked
