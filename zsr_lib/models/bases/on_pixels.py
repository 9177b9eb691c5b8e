"""Systems that train their networks on pixels, of any bands; and those that rank again by tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.scaling import Scaling
from zsr_lib.models.bases.trained import TrainedMethod
from zsr_lib.models.bases.with_tokens import WithTokens
from zsr_lib.training.augment import Augmentation, PhotoAugmentation, SketchAugmentation
from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.sources import PixelTable

MEASURED = 500
"""Most items of a modality that its bands are measured on, taken at equal steps."""


class OnPixels(Protocol):
    """A configuration with an input side in pixels, training, and whether batches are changed at random."""

    size: int
    augment: bool
    training: TrainingConfig


@dataclass(frozen=True, eq=False)
class PictureTable:
    """A `zsr_lib.models.bases.trained.Table` of pictures."""

    method: "PixelMethod"
    pixels: PixelTable
    modality: str

    @property
    def size(self) -> int:
        """Bands."""
        return self.pixels.pixels.shape[-1]

    def take(self, rows: Tensor, number: Tensor | None) -> Tensor:
        """(B, C, side, side) pictures of `rows`, changed as the batch's number says; None leaves them as they are."""
        drawn = None if number is None else int(number[0])
        return self.method.prepared(self.modality, self.pixels.take(rows.cpu().numpy(), drawn))


class PixelMethod(TrainedMethod):
    """A network on pixels, each band standardised with its mean and spread over the training items of the modality.

    Attributes:
        bands: Modality → its standardisation.
    """

    config: OnPixels
    chunk = 64

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self.bands = nn.ModuleDict()

    def build(self, **sizes: Any) -> None:
        """Makes the network, and a standardisation of each modality's bands."""
        super().build(**sizes)
        self.bands = nn.ModuleDict({name: Scaling(count) for name, count in sizes["features"].items()})

    def table(self, items: ItemSet, run: Run) -> PictureTable:
        """Pixels row by row; only pictures in red, green and blue are changed at random."""
        augmentation = self.augmentation(items.modality) if self.config.augment and not items.bands else None
        return PictureTable(self, PixelTable(items, run.device, augmentation, run.seed), items.modality)

    def augmentation(self, modality: str) -> Augmentation:
        """Seen from the air, any angle is right; strokes vary with the hand."""
        return SketchAugmentation() if modality == "sketch" else PhotoAugmentation()

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, PictureTable]) -> None:
        """Measures the bands."""
        for items in pool:
            some = items.pixels[:: max(1, -(-len(items) // MEASURED))]
            values = torch.from_numpy(np.asarray(some).astype(np.float32)).flatten(0, -2)  # (N · H · W, C)
            self.bands[items.modality].measure(values)

    def rows(self, items: ItemSet) -> np.ndarray:
        """(N, H, W, C) pixels.

        Raises:
            BadInputError: The items have none, of a modality that was not trained on, or of other bands.
        """
        self.check_modality(items.modality)
        bands = len(self.bands[items.modality].mean)
        if items.pixels is None or items.pixels.shape[-1] != bands:
            found = "no pixels" if items.pixels is None else f"{items.pixels.shape[-1]} bands"
            raise BadInputError(
                f"{items.modality} items have {found}; '{self.name}' was fitted on {bands} bands.",
                "load the items as the training items were.",
            )
        return items.pixels

    def check_modality(self, modality: str) -> None:
        """Refuses a modality that it was not fitted for.

        Raises:
            BadInputError: Names those that it was.
        """
        if modality not in self.bands:
            known = " or ".join(self.bands)
            raise BadInputError(f"there is no encoder for modality '{modality}'.", f"embed {known} items.")

    def as_input(self, modality: str, rows: np.ndarray) -> Tensor:
        """(B, C, side, side) pictures."""
        return self.prepared(modality, torch.from_numpy(rows).to(self.device).permute(0, 3, 1, 2))

    def prepared(self, modality: str, images: Tensor, side: int = 0) -> Tensor:
        """(B, C, H, W) of any type, resized (to the option's size where none is given), standardised by band."""
        side = side or self.config.size
        images = images.to(self.dtype)
        if images.shape[-2:] != (side, side):
            images = interpolate(images, (side, side), mode="bilinear", antialias=True)
        return self.bands[modality](images.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class TokenMethod(WithTokens, PixelMethod):
    """A network on pixels whose tokens rank again; see `WithTokens`."""
