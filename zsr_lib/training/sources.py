"""Where batches come from: features as one tensor on the device, pixels row by row from the decoded store."""

import numpy as np
import torch
from torch import Tensor

from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadInputError
from zsr_lib.training.augment import Augmentation
from zsr_lib.training.device import placed
from zsr_lib.training.reproducible import seed_of


class FeatureTable:
    """The features of N items on the device; small enough to be there as a whole.

    Args:
        features: (N, D).
        device: Where.
        dtype: In which type.
    """

    def __init__(
        self, features: np.ndarray, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32
    ) -> None:
        self.features = torch.from_numpy(features).to(device, dtype)
        self.size = features.shape[1]

    def take(self, rows: Tensor, number: Tensor | None = None) -> Tensor:
        """(B, D) features of `rows`; nothing is changed in them, whatever the batch's number is."""
        return self.features[rows]


class PixelTable:
    """The pixels of N items, read row by row from the decoded store, augmented on the device.

    Args:
        items: Items with pixels, possibly memory-mapped.
        device: Where batches go.
        augmentation: What is done to a batch; None changes nothing.
        seed: Of the augmentation.

    Raises:
        BadInputError: The items have no pixels.
    """

    def __init__(
        self,
        items: ItemSet,
        device: torch.device | str = "cpu",
        augmentation: Augmentation | None = None,
        seed: int = 0,
    ) -> None:
        if items.pixels is None:
            raise BadInputError(f"the {items.modality} items have no pixels.", "load the data set with pixels.")
        self.pixels, self.device, self.augmentation = items.pixels, torch.device(device), augmentation
        self.labels = torch.from_numpy(np.array(items.labels, dtype=np.int64)).to(device)
        self._seed = f"{items.modality} {seed}"

    def __len__(self) -> int:
        return len(self.pixels)

    def take(self, rows: np.ndarray, number: int | None = 0) -> Tensor:
        """(B, 3, H, W) uint8 images of `rows` on the device; the same rows and number give the same bytes.

        They lie channels-last in memory, as the store has them, which convolutions like best.

        Args:
            rows: (B,) indices, in any order, repeats allowed.
            number: Of the batch; with the seed and the modality it determines what the augmentation draws. None
                changes nothing.
        """
        # Fancy indexing copies just these rows, which a read-only memory map needs anyway.
        images = placed(self.pixels[np.asarray(rows)], self.device).permute(0, 3, 1, 2)
        if self.augmentation is None or number is None:
            return images
        # Drawn on the CPU, so that a seed means the same on every device.
        generator = torch.Generator().manual_seed(seed_of(f"{self._seed} {number}"))
        return self.augmentation.apply(images, generator)
