"""A fixed number of threads: sums over more threads add up in another order, and so to other last digits."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from zsr_lib import settings


@contextmanager
def pinned(threads: int | None = None) -> Iterator[int]:
    """A block that computes with a fixed number of threads and with deterministic algorithms where torch has them.

    Where it has none (some CUDA kernels), torch warns and goes on.

    Args:
        threads: How many; None takes `zsr_lib.settings.threads`.

    Yields:
        How many.
    """
    count = settings.threads() if threads is None else threads
    before = torch.get_num_threads()
    deterministic = torch.are_deterministic_algorithms_enabled()
    warns = torch.is_deterministic_algorithms_warn_only_enabled()
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read by cuBLAS when it starts
    torch.set_num_threads(count)
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield count
    finally:
        torch.set_num_threads(before)
        torch.use_deterministic_algorithms(deterministic, warn_only=warns)
