"""Systems with a network of their own on pixels, whose upper layers can stand on features instead.

Published comparisons mix what a method is with the network below it. Here one option tells the two apart: with
``features: null`` a system is trained on pixels from its own first layer on, as it was published; with ``features`` its
upper layers and its losses stand on the same frozen features as those of any other system.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import Extractor
from zsr_lib.models.bases.heads import HeadMethod
from zsr_lib.models.bases.on_pixels import PictureTable, PixelMethod
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.trained import Sizes, TrainedMethod
from zsr_lib.models.method import Method
from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.sources import FeatureTable


class OnEither(Protocol):
    """A configuration of pixels that may name features instead."""

    features: FeaturesConfig | None
    size: int
    augment: bool
    training: TrainingConfig


class Towers(nn.Module):
    """Modality → lower layers (none on features) → upper layers; shared ones are one module under two names."""

    def __init__(self, lower: Mapping[str, nn.Module], upper: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.lower, self.upper = nn.ModuleDict(lower), nn.ModuleDict(upper)

    def encode(self, modality: str, inputs: Tensor) -> Tensor:
        """(N, …) features or pictures → (N, K) codes."""
        return self.upper[modality](self.lower[modality](inputs))


class EitherMethod(HeadMethod, PixelMethod):
    """Features, or the bands of pictures, come standardised by their statistics over the modality's training items."""

    config: OnEither

    @abstractmethod
    def trunk(self, bands: int) -> nn.Module:
        """The system's own lower layers: (B, bands, side, side) → (B, W)."""

    def view(self, modality: str) -> nn.Module:
        """What the lower layers see of a standardised picture; all of it, unless a system says otherwise."""
        return nn.Identity()

    def layers(self, sizes: Sizes, shared: bool) -> dict[str, nn.Module]:
        """Modality → its view and its own or the shared lower layers, on pixels.

        Raises:
            BadInputError: The modalities shall share them, and differ in bands.
        """
        views = {name: self.view(name) for name in sizes.features}
        bands = {name: view(self.blank(sizes, name)).shape[1] for name, view in views.items()}
        common = self.trunk(next(iter(self._alike(bands, shared).values()))) if shared else None
        return {
            name: nn.Sequential(view, self.trunk(bands[name]) if common is None else common)
            for name, view in views.items()
        }

    def blank(self, sizes: Sizes, modality: str) -> Tensor:
        """(1, C, side, side) zeros of a modality's bands."""
        return torch.zeros(1, sizes.features[modality], self.config.size, self.config.size)

    def lower(self, sizes: Sizes, shared: bool) -> tuple[dict[str, nn.Module], dict[str, int]]:
        """Modality → its lower layers (none on features), and modality → the W numbers that they give.

        Raises:
            BadInputError: The modalities shall share them, and differ in features or in bands; or the pictures are too
                small for the layers.
        """
        if self.config.features is not None:
            widths = self._alike(dict(sizes.features), shared)
            return {name: nn.Identity() for name in widths}, widths
        layers = {name: nn.Sequential(each, nn.Flatten()) for name, each in self.layers(sizes, shared).items()}
        try:
            with torch.no_grad():
                return layers, {name: each.eval()(self.blank(sizes, name)).shape[1] for name, each in layers.items()}
        except RuntimeError as error:
            raise BadInputError(
                f"'{self.name}' has more layers than pictures of {self.config.size} pixels can go through ({error}).",
                "take a larger size.",
            ) from error

    def _alike(self, widths: dict[str, int], shared: bool) -> dict[str, int]:
        if shared and len(set(widths.values())) > 1:
            raise BadInputError(
                f"'{self.name}' shares its weights between modalities, whose inputs have different sizes ({widths}).",
                "give all modalities one backbone, or pictures of the same bands.",
            )
        return widths

    @property
    def chunk(self) -> int | None:
        """Items encoded at once."""
        return PixelMethod.chunk if self.config.features is None else None

    def table(self, items: ItemSet, run: Run) -> PictureTable | FeatureTable:
        """Pictures, or features, which `ready` standardises."""
        base = PixelMethod if self.config.features is None else HeadMethod
        return base.table(self, items, run)

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, Any]) -> None:
        """Measures bands or features; the latter are standardised once for all steps.

        Raises:
            BadInputError: There are other than two modalities.
        """
        if len(pool.items) != 2:
            raise BadInputError(
                f"'{self.name}' is made for two modalities, not for {', '.join(pool.items)}.", "give it a task of two."
            )
        if self.config.features is None:
            return PixelMethod.ready(self, task, pool, tables)
        for modality, table in tables.items():
            self.bands[modality].measure(table.features)
            table.features = self.bands[modality](table.features)

    def rows(self, items: ItemSet) -> np.ndarray:
        """(N, H, W, C) pixels, or (N, D) features."""
        self.check_modality(items.modality)
        base = PixelMethod if self.config.features is None else HeadMethod
        return base.rows(self, items)

    def as_input(self, modality: str, rows: np.ndarray) -> Tensor:
        """(B, C, side, side) pictures, or (B, D) features, standardised."""
        if self.config.features is None:
            return PixelMethod.as_input(self, modality, rows)
        return self.bands[modality](HeadMethod.as_input(self, modality, rows))

    def validation_items(self, task: Task) -> tuple[ItemSet, ItemSet]:
        """With features attached where it stands on features."""
        base = TrainedMethod if self.config.features is None else HeadMethod
        return base.validation_items(self, task)

    def extractor(self, modality: str, rotations: int | None = None) -> Extractor:
        """See the base.

        Raises:
            BadInputError: It stands on pixels.
        """
        if self.config.features is None:
            raise BadInputError(f"'{self.name}' stands on pixels and has no extractor.", "give it features.")
        return super().extractor(modality, rotations)

    def about(self) -> dict[str, Any]:
        """On pixels there are no extractors to name."""
        if self.config.features is None:
            return Method.about(self) | {"feature_keys": {}, "pretraining": {"weights": "none", "classes": 0}}
        return super().about()
