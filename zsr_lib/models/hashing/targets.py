"""Discrete codes of the training items beside a network while it is trained."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.trained import TrainedMethod

TOGETHER = 256
"""Items that go through the network at once."""


class Targets(nn.Module):
    """Codes of ±1 of the first two modalities' training items: buffers, so that a checkpoint holds them.

    Attributes:
        names: The two modalities.
        labels: Modality → (N,) int64 classes.

    Args:
        method: Whose network gives `outputs`; it is not made a part of this.
        pool: The training items.
        tables: Their inputs by modality.
        bits: Of a code.
    """

    def __init__(self, method: TrainedMethod, pool: Pool, tables: Mapping[str, Any], bits: int) -> None:
        super().__init__()
        first, second, *_ = pool
        self._method, self._tables = (method,), tables  # in a tuple: a module in an attribute would become a part
        self.names = (first.modality, second.modality)
        labels = {each.modality: torch.from_numpy(pool.labels(each)) for each in (first, second)}
        self.labels = {name: each.to(method.device) for name, each in labels.items()}
        for name, each in self.labels.items():
            blank = torch.ones(len(each), bits, dtype=method.dtype, device=method.device)
            self.register_buffer(f"of_{name}", blank)

    def codes(self, modality: str) -> Tensor:
        """(N, bits) codes; change them in place."""
        return self.get_buffer(f"of_{modality}")

    def outputs(self, modality: str) -> Tensor:
        """(N, bits) what the network gives for all training items of a modality, in its present mode."""
        (method,), table, count = self._method, self._tables[modality], len(self.labels[modality])
        rows = torch.arange(count, device=method.device).split(TOGETHER)
        return torch.cat([method.net.encode(modality, table.take(each, None)) for each in rows])
