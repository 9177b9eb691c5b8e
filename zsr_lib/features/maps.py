"""Feature maps where a backbone was cut in two, kept on disk: training the upper half then costs seconds.

The lower half, the trunk, stays as it is; so each image goes through it once for every view, and never again.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from zsr_lib.data.checksums import combined
from zsr_lib.data.items import ItemSet
from zsr_lib.data.store import open_or_build
from zsr_lib.errors import BadInputError
from zsr_lib.features.backbones import Backbone, trunk_and_head
from zsr_lib.features.cache import digests_of
from zsr_lib.features.folding import folded
from zsr_lib.features.in_float64 import in_float64
from zsr_lib.features.views import Views
from zsr_lib.features.weights import checksum
from zsr_lib.progress import progress_bar

BATCH = 32
FORMAT = 2


@dataclass(frozen=True, eq=False)
class Maps:
    """Maps of N items in V views.

    Attributes:
        values: (N, V, C, H, W) float16, memory-mapped; half the memory, and far finer than what training changes.
        key: Digest of everything they depend on.
    """

    values: np.ndarray
    key: str


def trunk_maps(
    backbone: Backbone, block: int, items: ItemSet, views: Views, device: str = "cpu", progress: bool = False
) -> Maps:
    """Outputs of a backbone's lower half, computed on first use and memory-mapped from then on.

    Args:
        backbone: What is cut.
        block: The first block of the upper half (`zsr_lib.features.backbones.trunk_and_head`).
        items: N items with pixels.
        views: Versions of each image.
        device: Where the trunk runs.
        progress: Show a bar.

    Raises:
        BadInputError: The items have no pixels, or the backbone cannot be cut there.
        ZsrError: The disk is full, or the cache cannot be written.
    """
    if items.pixels is None:
        raise BadInputError(f"the {items.modality} items have no pixels.", "load the data set with its pixels.")
    trunk, _ = trunk_and_head(backbone, block)
    trunk = (in_float64 if backbone.wide else folded)(trunk).to(device, memory_format=backbone.layout)
    job = _Job(backbone, trunk, items, views, device, progress)
    label = f"maps-{backbone.name}-{block}-{items.modality}"
    stored = open_or_build(label, job.key(block), lambda folder: job.write(folder / "maps.npy"))
    return Maps(stored.array("maps"), stored.manifest["key"])


@dataclass(frozen=True, eq=False)
class _Job:
    backbone: Backbone
    trunk: nn.Module
    items: ItemSet
    views: Views
    device: str
    progress: bool

    def key(self, block: int) -> str:
        """Digest of all that the maps depend on."""
        how = (f"maps {FORMAT}", checksum(self.trunk), str(block), str(self.backbone.preprocess), str(self.views))
        return combined([*how, self.device.partition(":")[0], *digests_of(self.items.pixels).astype(str)])

    def write(self, target: Path) -> dict[str, Any]:
        """Writes all maps, image by image, through ordinary writes: a full disk then is an error, not a crash."""
        count, title = len(self.items), f"maps ({self.backbone.name}, {self.items.modality})"
        shape = (count, self.views.count, *self._maps(0)[0, 0].shape)
        with (
            target.open("wb") as stream,
            progress_bar(total=count, desc=title, show=self.progress, unit=" images") as bar,
        ):
            header = {"descr": "<f2", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(stream, header)
            for chunk in range(-(-count // BATCH)):
                maps = self._maps(chunk)
                stream.write(np.ascontiguousarray(maps).tobytes())
                bar.update(len(maps))
        return {"views": self.views.count}

    @torch.inference_mode()
    def _maps(self, chunk: int) -> np.ndarray:
        """(B, V, C, H, W) float16 maps of one chunk of images."""
        pixels = np.array(self.items.pixels[chunk * BATCH : (chunk + 1) * BATCH])
        images = torch.from_numpy(pixels).permute(0, 3, 1, 2)
        made, dtype = [], next(self.trunk.parameters()).dtype
        for view in range(self.views.count):
            changed = self.views.of(images, view, chunk).permute(0, 2, 3, 1).numpy()
            # Kernels are chosen by batch size and differ in the last bits: all batches have the same size.
            filled = np.zeros((BATCH, *changed.shape[1:]), dtype=np.uint8)
            filled[: len(changed)] = changed
            inputs = self.backbone.preprocess(filled, self.device, dtype).contiguous(memory_format=self.backbone.layout)
            made.append(self.trunk(inputs)[: len(changed)].half().cpu())
        return torch.stack(made, dim=1).contiguous().numpy()
