"""Training items that come from one place: aerial photos, drawings of them, Sketchy's photos, Sketchy's hands.

Each such domain sits in its own corner of a backbone's feature space; features are standardised per domain, so that a
loss that compares across domains does not spend itself on moving clouds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from zsr_lib.errors import BadInputError
from zsr_lib.rng import rng

STREAM = 11
"""Keeps this sampler's random numbers apart from those of `zsr_lib.training.sampling`."""


@dataclass(frozen=True, eq=False)
class Domain:
    """Items of one origin and modality.

    Attributes:
        name: For messages.
        group: Domains of one group share their classes; a batch takes the same classes from all of them.
        maps: (N, V, C, H, W) float16, V views of each item.
        labels: (N,) class numbers, the same in all domains that mean the same class.
        per_class: Items of each chosen class in a batch.
        modality: ``photo`` or ``sketch``.
    """

    name: str
    group: str
    maps: np.ndarray
    labels: np.ndarray
    per_class: int
    modality: str = "photo"
    rows: Mapping[int, np.ndarray] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        labels = np.unique(self.labels).tolist()
        object.__setattr__(self, "rows", {label: np.flatnonzero(self.labels == label) for label in labels})


@dataclass(frozen=True, eq=False)
class Draw:
    """Part of a batch: rows, views and (N,) labels of one domain, by its place in the list of domains."""

    domain: int
    rows: np.ndarray
    views: np.ndarray
    labels: np.ndarray


class DomainBatches:
    """Batches with the same classes from all domains of a group, as a pure function of the batch's number.

    Args:
        domains: Where items come from.
        classes: Group → number of classes in a batch; None takes all.
        seed: Of the draws.

    Raises:
        BadInputError: A group has fewer classes than a batch needs.
    """

    def __init__(self, domains: Sequence[Domain], classes: Mapping[str, int | None], seed: int) -> None:
        self.domains, self.seed = domains, seed
        self.labels: dict[str, list[int]] = {}
        self.wanted: dict[str, int] = {}
        for group in dict.fromkeys(each.group for each in domains):
            members = [each for each in domains if each.group == group]
            self.labels[group] = sorted(set.union(*(set(each.rows) for each in members)))
            self.wanted[group] = classes[group] or len(self.labels[group])
            if self.wanted[group] > len(self.labels[group]):
                raise BadInputError(
                    f"a batch asks for {self.wanted[group]} classes of {group}; there are {len(self.labels[group])}.",
                    "lower the classes per batch.",
                )

    def __call__(self, number: int) -> list[Draw]:
        """Batch `number`; a class that a domain lacks takes part with the other domains."""
        generator = rng(self.seed, number, STREAM)
        chosen = {
            group: generator.choice(labels, self.wanted[group], replace=False).tolist()
            for group, labels in self.labels.items()
        }
        return [self._draw(place, chosen[domain.group], generator) for place, domain in enumerate(self.domains)]

    def _draw(self, place: int, labels: list[int], generator: np.random.Generator) -> Draw:
        domain = self.domains[place]
        parts = [
            generator.choice(domain.rows[label], min(domain.per_class, len(domain.rows[label])), replace=False)
            for label in labels
            if label in domain.rows
        ]
        rows = np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
        views = generator.integers(0, domain.maps.shape[1], len(rows))
        return Draw(place, rows, views, domain.labels[rows])


def maps_of(domains: Sequence[Domain], batch: Sequence[Draw], device: str) -> Tensor:
    """(N, C, H, W) float32 maps of a batch, domain after domain."""
    parts = [domains[draw.domain].maps[draw.rows, draw.views] for draw in batch]
    return torch.from_numpy(np.concatenate(parts)).to(device).float()
