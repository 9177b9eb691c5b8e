"""What a backbone is fine-tuned on: pixels changed anew in every batch, or maps that were computed once."""

from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from zsr_lib.data.items import ItemSet
from zsr_lib.features.backbones import Backbone
from zsr_lib.features.maps import trunk_maps
from zsr_lib.features.views import Changed, Turns, Views
from zsr_lib.rng import rng
from zsr_lib.training.augment import Augmentation, PhotoAugmentation, SketchAugmentation
from zsr_lib.training.config import Run
from zsr_lib.training.sources import PixelTable

TURNS = Turns((0, 1, 2, 3, 4, 5, 6, 7))
HANDS = 4
"""Versions of each sketch where maps are kept: the sketch itself and three that another hand might have drawn."""
STREAM = 12
"""Keeps the choice of views apart from other random numbers of the same seed."""


class Inputs(Protocol):
    """Network inputs of N items of one modality."""

    def training(self, rows: np.ndarray, number: int) -> Tensor:
        """Inputs of `rows` in batch `number`; the same every time."""

    def plain(self, rows: np.ndarray) -> Tensor:
        """Inputs of the unchanged images."""


def inputs_of(backbone: Backbone, block: int | None, items: ItemSet, augment: bool, run: Run) -> Inputs:
    """Pixels where `block` is None, maps otherwise.

    Raises:
        BadInputError: The items have no pixels, or the backbone cannot be cut there.
    """
    if block is None:
        return PixelInputs(backbone, items, augmentation_of(items.modality) if augment else None, run)
    maps = trunk_maps(backbone, block, items, _views(items.modality, augment), run.device, run.progress)
    return MapInputs(maps.values, run)


def augmentation_of(modality: str) -> Augmentation:
    """Seen from the air, any angle is right; strokes vary with the hand, colours with light and haze."""
    return SketchAugmentation() if modality == "sketch" else PhotoAugmentation()


class PixelInputs:
    """Images from the decoded store, prepared for a backbone."""

    def __init__(self, backbone: Backbone, items: ItemSet, augmentation: Augmentation | None, run: Run) -> None:
        self.preprocess = backbone.preprocess
        self.changed = PixelTable(items, run.device, augmentation, run.seed)
        self.unchanged = PixelTable(items, run.device)

    def training(self, rows: np.ndarray, number: int) -> Tensor:
        """See `Inputs`."""
        return self.preprocess.prepared(self.changed.take(rows, number))

    def plain(self, rows: np.ndarray) -> Tensor:
        """See `Inputs`."""
        return self.preprocess.prepared(self.unchanged.take(rows))


class MapInputs:
    """Maps of a backbone's lower half, of a random view in training."""

    def __init__(self, maps: np.ndarray, run: Run) -> None:
        self.maps, self.seed, self.device = maps, run.seed, run.device

    def training(self, rows: np.ndarray, number: int) -> Tensor:
        """See `Inputs`."""
        generator = rng(self.seed, number, STREAM)
        return self._tensor(self.maps[rows, generator.integers(0, self.maps.shape[1], len(rows))])

    def plain(self, rows: np.ndarray) -> Tensor:
        """See `Inputs`."""
        return self._tensor(self.maps[rows, 0])

    def _tensor(self, maps: np.ndarray) -> Tensor:
        return torch.from_numpy(maps).to(self.device).float()


def _views(modality: str, augment: bool) -> Views:
    if not augment:
        return Turns((0,))
    return Changed(HANDS, SketchAugmentation()) if modality == "sketch" else TURNS
