"""Which rows make a batch: pure functions of the seed and the batch's number, so that any batch can be made again.

All samplers are called with the number of a batch, from 0.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from zsr_lib.errors import BadInputError
from zsr_lib.rng import rng

PAIRS, EPOCHS = 1, 3
"""Streams of random numbers, one a sampler, so that samplers with one seed do not draw alike."""


class PairRows(NamedTuple):
    """Rows of N items of each modality and of N items of other classes.

    Attributes:
        own: Modality → (N,) int64 rows of items of the classes `labels`.
        other: Modality → (N,) int64 rows of items of the classes `other_labels`.
        labels: (N,) int64.
        other_labels: (N,) int64; of other classes, or of other pairs.
        number: (N,) int64, the batch's number: what is changed at random in an item follows from it.
    """

    own: Mapping[str, np.ndarray]
    other: Mapping[str, np.ndarray]
    labels: np.ndarray
    other_labels: np.ndarray
    number: np.ndarray


class ClassPairs:
    """Items of the same class in every modality, with a negative of each; every class equally often.

    Rows of a class are drawn with replacement; in a batch, counts of two classes differ by at most 1.

    Args:
        labels: Modality → (N,) classes of its items.
        batch_size: Pairs of one batch.
        seed: Of the draws.
        classes: Class names for messages, by label.
        each: Items of a class that stand next to each other in a batch, for losses of pairs within a modality.

    Raises:
        BadInputError: A class lacks items of a modality, there are fewer than two classes, or a batch holds more
            pairs than there are items of a modality.
    """

    def __init__(
        self,
        labels: Mapping[str, np.ndarray],
        batch_size: int,
        seed: int = 0,
        classes: Sequence[str] = (),
        each: int = 1,
    ) -> None:
        self.each = each
        self.rows = {modality: _Rows(each) for modality, each in labels.items()}
        self.labels = _same_classes({modality: rows.labels for modality, rows in self.rows.items()}, classes)
        for modality, each in labels.items():
            _check_size(batch_size, len(each), f"{modality} items")
        self.batch_size, self.seed = batch_size, seed

    def __call__(self, number: int) -> PairRows:
        """Batch `number`."""
        generator, count = rng(self.seed, number, PAIRS), len(self.labels)
        rounds = -(-self.batch_size // (count * self.each))
        own = np.concatenate([generator.permutation(count) for _ in range(rounds)])
        own = np.repeat(own, self.each)[: self.batch_size]
        other = (own + generator.integers(1, count, self.batch_size)) % count
        drawn = [{name: rows.draw(places, generator) for name, rows in self.rows.items()} for places in (own, other)]
        return PairRows(*drawn, self.labels[own], self.labels[other], np.full(self.batch_size, number))


class PartnerRows:
    """Partner items of two or more modalities, epoch after epoch in a new order; negatives are the next pair's.

    In a batch that runs across the border of two epochs a pair may occur twice.

    Args:
        rows: Modality → (P,) int64 rows; those in one place are partners.
        labels: (P,) int64 classes.
        batch_size: Pairs of one batch.
        seed: Of the orders.

    Raises:
        BadInputError: A batch holds more pairs than there are, or fewer than two.
    """

    def __init__(self, rows: Mapping[str, np.ndarray], labels: np.ndarray, batch_size: int, seed: int = 0) -> None:
        if batch_size < 2:
            raise BadInputError("a batch of one pair has no negatives.", "take a training.batch_size of 2 or more.")
        self.rows, self.labels = rows, labels
        self._order = Shuffled(len(labels), batch_size, seed)

    def __call__(self, number: int) -> PairRows:
        """Batch `number`."""
        own = self._order(number)
        other = np.roll(own, 1)
        drawn = [{name: rows[places] for name, rows in self.rows.items()} for places in (own, other)]
        return PairRows(*drawn, self.labels[own], self.labels[other], np.full(len(own), number))


class Shuffled:
    """Epoch after epoch of all rows, each in a new order; batches run on across the border of two epochs.

    Args:
        count: Rows.
        batch_size: Rows of one batch.
        seed: Of the orders.

    Raises:
        BadInputError: A batch is larger than the data.
    """

    def __init__(self, count: int, batch_size: int, seed: int = 0) -> None:
        _check_size(batch_size, count, "items")
        self.count, self.batch_size, self.seed = count, batch_size, seed
        self._order = lru_cache(maxsize=2)(lambda epoch: rng(seed, epoch, EPOCHS).permutation(count))

    def __call__(self, number: int) -> np.ndarray:
        """(batch_size,) int64 rows of batch `number`."""
        epoch, start = divmod(number * self.batch_size, self.count)
        first = self._order(epoch)[start : start + self.batch_size]
        missing = self.batch_size - len(first)
        return np.concatenate([first, self._order(epoch + 1)[:missing]]) if missing else first.copy()


class _Rows:
    """Rows by class: `labels` (C,) ascending, and for each its rows in one long array."""

    def __init__(self, labels: np.ndarray) -> None:
        self.labels, self.counts = np.unique(np.asarray(labels, dtype=np.int64), return_counts=True)
        self.sorted = np.argsort(labels, kind="stable")
        self.starts = np.cumsum(self.counts) - self.counts

    def draw(self, places: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        return self.sorted[self.starts[places] + generator.integers(0, self.counts[places])]


def _same_classes(labels: Mapping[str, np.ndarray], classes: Sequence[str]) -> np.ndarray:
    """The (C,) classes that every modality has."""
    every = np.unique(np.concatenate(list(labels.values())))
    for modality, own in labels.items():
        for label in np.setdiff1d(every, own):
            raise BadInputError(
                f"{_name(label, classes)} has no {modality} items to train on.",
                "leave the class out, or train on machine-made sketches, too.",
            )
    if len(every) < 2:
        raise BadInputError("there are fewer than two classes, so nothing to tell apart.", "train on more classes.")
    return every


def _check_size(batch_size: int, count: int, what: str) -> None:
    if not 1 <= batch_size <= count:
        raise BadInputError(
            f"a batch of {batch_size} cannot be drawn from {count} {what}.",
            f"lower training.batch_size to at most {count}." if count else f"add {what}.",
        )


def _name(label: int, classes: Sequence[str]) -> str:
    return f"class '{classes[label]}'" if len(classes) else f"class {label}"
