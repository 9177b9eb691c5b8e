"""What a loss is given: a batch whose inputs are gathered from the training items when they are asked for."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from torch import Tensor

from zsr_lib.training.optimised import Optimised
from zsr_lib.training.sampling import PairRows


@dataclass(frozen=True)
class Sizes:
    """What a network's layers depend on: input sizes by modality, number of classes, class-vector length."""

    features: Mapping[str, int]
    classes: int
    semantics: int = 0


class Table(Protocol):
    """The inputs of one modality's training items.

    Attributes:
        size: What the first layer depends on: numbers of a feature vector, or bands of a picture.
    """

    size: int

    def take(self, rows: Tensor, number: Tensor | None) -> Tensor:
        """(B, …) inputs of `rows`; (B,) times one number, by which something is changed at random, or None."""


class Batch:
    """Items of N classes, one of each modality, and items of N other classes; gathered when they are asked for.

    Attributes:
        labels: (N,) int64 class of each item.
        other_labels: (N,) int64 class of each other item.
    """

    def __init__(self, tables: Mapping[str, Table], rows: PairRows) -> None:
        self._tables, self._rows = tables, rows
        self.labels, self.other_labels = rows.labels, rows.other_labels

    def __getitem__(self, modality: str) -> Tensor:
        """(N, …) inputs of the items of one modality."""
        return self._tables[modality].take(self._rows.own[modality], 2 * self._rows.number)

    def rows(self, modality: str) -> Tensor:
        """(N,) int64 rows of these items among the training items, for what is kept of each of them."""
        return self._rows.own[modality]

    def other(self, modality: str) -> Tensor:
        """(N, …) inputs of items of other classes."""
        return self._tables[modality].take(self._rows.other[modality], 2 * self._rows.number + 1)


def on_rows(part: Optimised, tables: Mapping[str, Table]) -> Optimised:
    """The same part with losses of the rows of a batch; they are told the step where they ask for it."""
    if "step" in inspect.signature(part.losses).parameters:
        return replace(part, losses=lambda rows, step: part.losses(Batch(tables, rows), step=step))
    return replace(part, losses=lambda rows: part.losses(Batch(tables, rows)))
