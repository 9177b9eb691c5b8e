"""Several processes that train one system together, each on its share of every batch: what ``torchrun`` starts."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from zsr_lib.errors import BadInputError
from zsr_lib.training.device import mapped
from zsr_lib.training.reproducible import seed_of

PATIENCE = timedelta(hours=1)
"""How long a process waits for the others, which may still read data, before it gives up."""


@contextmanager
def together() -> Iterator["Processes"]:
    """Joins the processes that ``torchrun`` started; only the first of them prints. Started otherwise, one is alone."""
    if not (dist.is_available() and dist.is_torchelastic_launched()):
        yield Processes()
        return
    dist.init_process_group(timeout=PATIENCE)
    try:
        processes = Processes.now()
        if processes.first:
            yield processes
        else:
            with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
                yield processes
    finally:
        dist.destroy_process_group()


@dataclass(frozen=True)
class Processes:
    """How many train together, and which of them this one is."""

    count: int = 1
    rank: int = 0

    @classmethod
    def now(cls) -> "Processes":
        """Those of the block of `together`; one outside of it."""
        there = dist.is_available() and dist.is_initialized()
        return cls(dist.get_world_size(), dist.get_rank()) if there else cls()

    @property
    def first(self) -> bool:
        """Whether this is the process that writes."""
        return self.rank == 0

    def device(self, name: str) -> str:
        """Gives each process a GPU of its own where ``cuda`` is asked for."""
        return f"cuda:{os.environ['LOCAL_RANK']}" if name == "cuda" and self.count > 1 else name

    def share(self, batch: Any) -> Any:
        """Gives every n-th row of each tensor and array of a batch.

        Raises:
            BadInputError: The batch holds something else, or its rows cannot be shared out evenly.
        """
        return batch if self.count == 1 else mapped(batch, self._share)

    def _share(self, leaf: Any) -> Any:
        rows = len(leaf) if getattr(leaf, "ndim", 0) else None
        if rows is None or rows % self.count:
            what = f"a {type(leaf).__name__}" if rows is None else f"a batch of {rows}"
            raise BadInputError(
                f"{what} cannot be shared by {self.count} processes.",
                f"choose a batch size that {self.count} divides, or train in one process.",
            )
        return leaf[self.rank :: self.count]

    def own_random_numbers(self, text: str) -> None:
        """Where there are others, torch's numbers follow from `text` and the rank, so that no checkpoint holds them."""
        if self.count > 1:
            torch.manual_seed(seed_of(f"{text} {self.rank}"))

    def average(self, values: Tensor) -> Tensor:
        """The mean of `values` over all processes."""
        if self.count > 1:
            dist.all_reduce(values)
            values /= self.count
        return values

    def of_first(self, value: Any) -> Any:
        """What the first process gives; the others wait for it."""
        found = [value]
        if self.count > 1:
            dist.broadcast_object_list(found)
        return found[0]

    def averaging(self, module: nn.Module, terms: Callable[..., Mapping[str, Tensor]]) -> Callable[..., Any]:
        """`terms` such that going back through it averages the gradients of `module`."""
        if self.count == 1:
            return terms
        return DistributedDataParallel(_Forward(module, terms), find_unused_parameters=True)


class _Forward(nn.Module):
    def __init__(self, module: nn.Module, terms: Callable[..., Mapping[str, Tensor]]) -> None:
        super().__init__()
        self.module, self.terms = module, terms

    def forward(self, *arguments: Any) -> Mapping[str, Tensor]:
        return self.terms(*arguments)
