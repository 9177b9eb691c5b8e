"""A vision transformer that takes any number of bands; the code is the mean of its patch tokens.

Source: Prithvi-100M as METHODS.md §7.4 describes its use in retrieval (arXiv 2403.02059): the encoder as it is, the
mean of the patch tokens, the CLS token dropped, bands standardised with a mean and a spread that come with the weights;
the RGB variant puts the missing bands at their mean. Its weights are read from a file. Without any the trunk starts at
random, and is trained here, which the source does not do: items of a class (or partners) are drawn together, all others
of the batch pushed away, by the supervised contrastive loss on unit-length codes.

Chosen here: each modality has a trunk of its own, since bands differ; statistics that are not given are measured on the
training items; CLS 0 and places as Prithvi's, which are fixed; bands are found by name, never by number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor, nn

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import UnknownNameError
from zsr_lib.losses.supervised_contrastive import supervised_contrastive
from zsr_lib.models.bases.on_pixels import PictureTable, PixelMethod
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.tokens.layout import LayoutConfig, bands_of, check_bands, check_same
from zsr_lib.models.tokens.prithvi import as_prithvi, load_prithvi
from zsr_lib.models.tokens.trunk import Trunk, TrunkConfig
from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.history import History


@dataclass(frozen=True)
class SpectralVitConfig:
    """Options; the trunk's defaults are Prithvi-100M's.

    Attributes:
        size: Side of the input in pixels.
        augment: Whether pictures in red, green and blue are changed at random.
        trunk: Size of the vision transformer, and the file of its weights.
        layout: Modality → the bands of the network's input, where they are not the items'. Bands that the items lack
            stand at their mean, as in the source's RGB variant.
        without: Bands that the items have and that are put at their mean, too.
        pairing: Who is drawn together: items of one ``class``, or ``pair`` by pair.
        temperature: Of the loss.
        frozen: Leave the network as it starts; only statistics of bands are measured.
        training: Steps, batches, optimiser.
    """

    size: int = 224
    augment: bool = False
    trunk: TrunkConfig = field(default_factory=lambda: TrunkConfig(dropout=0.0))
    layout: dict[str, LayoutConfig] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    pairing: Literal["class", "pair"] = "class"
    temperature: float = 0.1
    frozen: bool = False
    training: TrainingConfig = field(default_factory=lambda: TrainingConfig(steps=300, batch_size=64))


class SpectralNet(nn.Module):
    """A trunk for each modality: (B, C, side, side) → (B, D) mean of the patch tokens."""

    def __init__(self, config: SpectralVitConfig, bands: Mapping[str, int]) -> None:
        super().__init__()
        self.trunks = nn.ModuleDict(
            {name: Trunk(config.trunk, config.size, count, levels=False) for name, count in bands.items()}
        )
        for trunk in self.trunks.values():
            as_prithvi(trunk)

    def encode(self, modality: str, images: Tensor) -> Tensor:
        """Codes; the CLS token has no part in them."""
        return self.trunks[modality](images)[:, 1:].mean(dim=1)


class SpectralVit(PixelMethod):
    """Codes of pictures in any bands.

    Attributes:
        seen_bands: Modality → names of the items' bands, as it was fitted.
    """

    Config = SpectralVitConfig
    config: SpectralVitConfig
    distance = "cosine"
    together = 2

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self.partners = self.config.pairing == "pair"
        self.seen_bands: dict[str, tuple[str, ...]] = {}

    def build(self, pretraining: Mapping[str, Any] | None = None, **sizes: Any) -> None:
        """Makes the network; what its trunk was pretrained on is only kept for `about`."""
        self.seen_bands = {name: tuple(each) for name, each in sizes.pop("bands", self.seen_bands).items()}
        super().build(**sizes)

    def network(self, sizes: Sizes) -> SpectralNet:
        """A trunk for each modality, with its layout's bands."""
        return SpectralNet(self.config, {name: len(self.layout(name)) for name in sizes.features})

    def layout(self, modality: str) -> tuple[str, ...]:
        """Names of the bands of the network's input."""
        return self.config.layout.get(modality, LayoutConfig()).bands or self.seen_bands[modality]

    def pool(self, task: Task) -> Pool:
        """What is trained on; takes note of its bands.

        Raises:
            BadInputError: A class has no items of a modality.
            ZsrError: As `zsr_lib.models.tokens.layout.check_bands` says.
        """
        pool = super().pool(task)
        self.seen_bands = {items.modality: bands_of(items) for items in pool}
        for modality, names in self.seen_bands.items():
            check_bands(modality, names, self.layout(modality))
        known = {name for names in self.seen_bands.values() for name in names}
        for name in self.config.without:
            if name not in known:
                raise UnknownNameError("band to leave out", name, sorted(known))
        return pool

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Trains on seen classes, or only measures their bands where it is `frozen`.

        Raises:
            ZsrError: As `PixelMethod.fit`, `pool` and `load_prithvi` say.
        """
        if not self.config.frozen:
            return super().fit(task, run)
        self._parts, pool = {}, self.pool(task)
        tables = {items.modality: self.table(items, run) for items in pool}
        self.begin(run, features={name: each.size for name, each in tables.items()}, classes=len(pool.classes))
        self.ready(task, pool, tables)
        self.record("band statistics", task.seen)
        return History()

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, PictureTable]) -> None:
        """Measures the bands whose statistics are not given, and loads the weights."""
        super().ready(task, pool, tables)
        self.sizes |= {"bands": {name: list(each) for name, each in self.seen_bands.items()}}
        for modality, layout in self.config.layout.items():
            if layout.mean and modality in self.bands:
                places = [layout.bands.index(name) for name in self.seen_bands[modality]]
                self.bands[modality].mean.copy_(torch.tensor(layout.mean)[places])
                self.bands[modality].scale.copy_(torch.tensor(layout.sd)[places])
        if self.config.trunk.weights != "none":
            trunks = self.net.trunks.values()
            told = [load_prithvi(trunk, self.config.trunk.weights) for trunk in trunks]
            self.sizes |= {"pretraining": told[0]}

    def about(self) -> dict[str, Any]:
        """What the trunk was pretrained on, too."""
        said = super().about()
        pretraining = said["sizes"].get("pretraining", {"weights": "none", "classes": 0})
        return said | {"pretraining": pretraining}

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        """Items of one class, or partners, together; all others apart."""
        names = list(self.net.trunks)
        codes = torch.cat([self.net.encode(name, batch[name]) for name in names])  # (M · N, D)
        own = torch.arange(len(batch.labels), device=codes.device) if self.partners else batch.labels
        return {
            "contrastive": supervised_contrastive(codes, own.repeat(len(names)), temperature=self.config.temperature)
        }

    def rows(self, items: ItemSet) -> Any:
        """(N, H, W, C) pixels.

        Raises:
            BadInputError: As `PixelMethod.rows`, or bands of other names, or in another order, than it was fitted on.
        """
        if items.modality in self.seen_bands:
            check_same(items, self.seen_bands[items.modality], self.name)
        return super().rows(items)

    def prepared(self, modality: str, images: Tensor) -> Tensor:
        """(B, C, H, W) → (B, K, side, side) standardised bands in the network's order; 0, the mean, where one lacks."""
        standard, names, layout = super().prepared(modality, images), self.seen_bands[modality], self.layout(modality)
        whole = standard.new_zeros(len(standard), len(layout), *standard.shape[2:])
        kept = [(place, layout.index(name)) for place, name in enumerate(names) if name not in self.config.without]
        own, theirs = zip(*kept, strict=True)
        whole[:, list(theirs)] = standard[:, list(own)]
        return whole
