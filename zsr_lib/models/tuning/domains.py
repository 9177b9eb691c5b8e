"""What a backbone's blocks are trained on, and for.

A domain is items that come from one place: aerial photos, drawings of them, Sketchy's photos, Sketchy's hands. They
enter the blocks as pixels, changed anew in every batch, or as maps of the blocks before, computed once in several
versions. Version 0 is the item itself.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from zsr_lib.data.checksums import combined
from zsr_lib.data.items import ItemSet
from zsr_lib.data.names import class_key
from zsr_lib.data.task import Task
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.features.backbones import Backbone
from zsr_lib.features.cache import digests_of
from zsr_lib.features.maps import Maps, trunk_maps
from zsr_lib.features.tail import Tail
from zsr_lib.features.views import Views
from zsr_lib.training.augment import Augmentation
from zsr_lib.training.config import Run
from zsr_lib.training.sources import PixelTable

SHARED, OWN = "shared", "own"
"""Name of the blocks that serve all modalities; group of a task's own items."""
CHUNK = 256
"""Items that are described at a time."""


class PixelInputs:
    """Images from the decoded store, prepared for a backbone. `key` is a digest of all that inputs depend on."""

    versions = 1

    def __init__(self, backbone: Backbone, items: ItemSet, augmentation: Augmentation | None, run: Run) -> None:
        self._preprocess = backbone.preprocess
        self._table = PixelTable(items, run.device, augmentation, run.seed)
        self.key = combined([str(backbone.preprocess), str(augmentation), *digests_of(items.pixels).astype(str)])

    def at(self, rows: np.ndarray, version: int = 0) -> Tensor:
        """(B, 3, side, side) unchanged images."""
        return self._preprocess(self._table.pixels[rows], self._table.device)

    def changed(self, rows: np.ndarray, number: int, dice: np.random.Generator) -> Tensor:
        """(B, 3, side, side) images, augmented as the batch's number says; nothing is drawn."""
        return self._preprocess.prepared(self._table.take(rows, number))


class MapInputs:
    """Maps of a backbone's lower half, kept in several versions. `key` is a digest of all that they depend on."""

    def __init__(self, maps: Maps, device: str) -> None:
        self.key, self.versions, self._values, self._device = maps.key, maps.values.shape[1], maps.values, device

    def at(self, rows: np.ndarray, version: int | np.ndarray = 0) -> Tensor:
        """(B, C, H, W) maps in one version, or each in its own."""
        return torch.from_numpy(self._values[rows, version]).to(self._device).float()

    def changed(self, rows: np.ndarray, number: int, dice: np.random.Generator) -> Tensor:
        """(B, C, H, W) maps in random versions."""
        return self.at(rows, dice.integers(0, self.versions, len(rows)))


@dataclass(frozen=True, eq=False)
class Source:
    """Items of one origin and modality.

    Attributes:
        group: Sources of one group share their classes; a batch takes the same classes from all of them.
        items: N items with pixels.
        changes: What is done to pixels in a batch (None: nothing), or the views of which maps are kept.
        per_class: Items of each chosen class in a batch; 0 where batches are not made of classes.
    """

    group: str
    items: ItemSet
    changes: Augmentation | Views | None
    per_class: int = 0

    def inputs(self, backbone: Backbone, block: int | None, run: Run) -> PixelInputs | MapInputs:
        """What enters `backbone` at a block: pixels where that is None.

        Raises:
            BadInputError: The items have no pixels, or the backbone cannot be cut there.
        """
        if block is None:
            return PixelInputs(backbone, self.items, self.changes, run)
        return MapInputs(trunk_maps(backbone, block, self.items, self.changes, run.device, run.progress), run.device)


class Domain(NamedTuple):
    """A source, its inputs, and its (N,) class numbers, which mean the same in all domains."""

    source: Source
    inputs: PixelInputs | MapInputs
    labels: np.ndarray

    def described(self, network: Callable[[Tensor], Tensor], rows: np.ndarray, version: int = 0) -> Tensor:
        """(B, …) what a network makes of `rows` in one version."""
        parts = np.split(rows, range(CHUNK, len(rows), CHUNK))
        return torch.cat([network(self.inputs.at(part, version)) for part in parts])


class Batch(NamedTuple):
    """(N, …) inputs and (N,) class numbers, domain after domain, and the (B,) rows of each domain."""

    inputs: Tensor
    labels: Tensor
    rows: list[Tensor]

    @classmethod
    def of(
        cls, domains: Sequence[Domain], drawn: Iterable[tuple[np.ndarray, np.random.Generator]], number: int
    ) -> "Batch":
        """Batch `number`, of the rows that are `drawn` of each domain, beside what draws their versions thereafter."""
        parts = [
            (domain.inputs.changed(rows, number, dice), torch.from_numpy(domain.labels[rows]), torch.from_numpy(rows))
            for domain, (rows, dice) in zip(domains, drawn, strict=True)
        ]
        inputs, labels, rows = zip(*parts, strict=True)
        return cls(torch.cat(inputs), torch.cat(labels), list(rows))


class Objective(nn.Module, ABC):
    """The blocks that are trained, layers of its own beside them, batches of domains and their loss.

    Attributes:
        stage: Name of the training, with the blocks' name in it; random numbers follow from it.
        batch: Number of a batch → the batch, the same every time.
        validate: What early stopping is decided on, higher is better; None where nothing was held out.
    """

    stage: ClassVar[str]
    batch: Callable[[int], Batch]
    validate: Callable[[], float] | None = None

    def __init__(self, backbone: Backbone, domains: Sequence[Domain], config: Any, run: Run) -> None:
        super().__init__()
        self.tail, self.domains, self.config, self.seed = Tail(backbone, config.block), domains, config, run.seed

    @staticmethod
    @abstractmethod
    def sources(task: Task, config: Any) -> tuple[Mapping[str, list[Source]], TrainedPart]:
        """Name of the blocks → what they are trained on; and what the leak audit must know about it."""

    @abstractmethod
    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Terms by name, with or without their ``total``."""

    def prepare(self) -> None:
        """What the pretrained blocks are asked before they are trained."""

    def finish(self, pretrained: Tail) -> None:
        """What is done to the blocks after training."""


def class_numbers(parts: Sequence[ItemSet]) -> list[np.ndarray]:
    """(N,) int64 for each item set: the classes that occur, numbered without gaps, data set after data set.

    One class in two data sets has one number, in whatever spelling.
    """
    present: dict[tuple[str, ...], list[np.ndarray]] = {}
    for items in parts:
        present.setdefault(items.classes, []).append(items.labels)
    names = [classes[label] for classes, labels in present.items() for label in np.unique(np.concatenate(labels))]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(map(class_key, names)))}
    return [np.array([numbers.get(class_key(name), -1) for name in each.classes])[each.labels] for each in parts]
