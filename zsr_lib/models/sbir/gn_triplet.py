"""GN-Triplet: Sketchy's network. Two GoogLeNets, triplets on the last layer and on two inner ones, and class names.

Sangkloy, Burnell, Ham and Hays, "The Sketchy database", SIGGRAPH 2016; METHODS.md §6.6. Weights 1 (triplets), 0.3
(inner triplets), 10 (class names) and margin 15 are the released network's. The released file gives its last layer 2
outputs; here triplets are taken on `triplet_size` numbers. Inner triplets are taken on the averaged maps of the two
blocks where GoogLeNet's own inner classifiers stand, through one linear layer each, in place of these classifiers'
layers. Chosen: names are asked of the sketch and of the photo of its class, as a mean; the last layers are shared by
both towers; Adam, as steps are few. ``pairs: contrastive`` is the same paper's Siamese variant. Codes are the numbers
below the last layer (1024 for GoogLeNet), compared by cosine distance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError
from zsr_lib.features.architectures import build_network, without_classifier
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.losses.base import number
from zsr_lib.losses.classification import classification
from zsr_lib.losses.contrastive_pairs import contrastive_pairs
from zsr_lib.losses.triplet import cross_triplet
from zsr_lib.models.bases.either import EitherMethod, Towers
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.training.config import TrainingConfig

INNER = {"googlenet": {"inception4a": 512, "inception4d": 528}, "small_cnn": {"1": 32, "2": 64}}
"""Backbones that can be trained here, and the blocks whose maps the inner losses take, with their channels."""


@dataclass(frozen=True)
class GnTripletConfig:
    """Options.

    Attributes:
        features: None trains two networks on pixels; else one layer of 1024 for each modality on these features, which
            have no inner maps.
        size: Side of the pictures.
        augment: Whether pictures are changed at random.
        backbone: On pixels: ``googlenet``, from random weights, or ``small_cnn``, which two cores can train.
        pairs: What stands at the margin.
        triplet_size: Outputs of the last layer.
        margin: In units of that layer's Euclidean distance.
        inner_weight: Of each inner loss, on pixels.
        class_weight: Of cross-entropy over the seen classes.
        training: Steps, batches, optimiser; the paper takes SGD at 1e-5 for a million steps.

    Raises:
        BadInputError: `triplet_size` is not positive, or a weight or the margin is negative.
    """

    features: FeaturesConfig | None = None
    size: int = 224
    augment: bool = True
    backbone: Literal["googlenet", "small_cnn"] = "googlenet"
    pairs: Literal["triplet", "contrastive"] = "triplet"
    triplet_size: int = 64
    margin: float = 15.0
    inner_weight: float = 0.3
    class_weight: float = 10.0
    training: TrainingConfig = field(default_factory=lambda: TrainingConfig(batch_size=16))

    def __post_init__(self) -> None:
        if self.triplet_size < 1:
            raise BadInputError(f"triplet_size is {self.triplet_size}.", "give 1 or more.")
        for name in ("margin", "inner_weight", "class_weight"):
            number(name, getattr(self, name))


class Tapped(nn.Module):
    """A network that keeps the averaged maps of some of its blocks until somebody takes them."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.network = build_network(name, int(torch.randint(2**31, ())))
        without_classifier(self.network)
        if name == "googlenet":
            self.network.aux_logits, self.network.aux1, self.network.aux2 = False, None, None
        self._kept: list[Tensor] = []
        for block in INNER[name]:
            self.network.get_submodule(block).register_forward_hook(self._keep)

    def _keep(self, module: nn.Module, inputs: tuple[Tensor, ...], maps: Tensor) -> None:
        if self.training:
            self._kept.append(maps.mean(dim=(2, 3)))  # (B, C, H, W) → (B, C)

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, C, H, W) → (B, W)."""
        return self.network(pictures)

    def take(self) -> list[Tensor]:
        """The inner maps of the last batch, (B, C) each; none outside of training."""
        kept, self._kept = self._kept, []
        return kept


class GnTriplet(EitherMethod):
    """A network for each modality; what names classes and what triplets are taken on is shared."""

    Config = GnTripletConfig
    config: GnTripletConfig

    def trunk(self, bands: int) -> nn.Module:
        """A backbone of red, green and blue.

        Raises:
            BadInputError: The pictures have other bands.
        """
        if bands != 3:
            raise BadInputError(f"'{self.name}' takes pictures of 3 bands, not {bands}.", "give it features instead.")
        return Tapped(self.config.backbone)

    def network(self, sizes: Sizes) -> Towers:
        """On features a layer of 1024 stands where the backbone ends."""
        lower, widths = self.lower(sizes, shared=False)
        upper = {name: nn.Identity() for name in widths}
        if self.config.features is not None:
            upper = {name: nn.Sequential(nn.Linear(width, 1024), nn.ReLU()) for name, width in widths.items()}
            widths = dict.fromkeys(widths, 1024)
        net, width = Towers(lower, upper), next(iter(widths.values()))
        net.classifier, net.last = nn.Linear(width, sizes.classes), nn.Linear(width, self.config.triplet_size)
        on_pixels = self.config.features is None and self.config.inner_weight
        inner = INNER[self.config.backbone].values() if on_pixels else ()
        net.inner = nn.ModuleList(nn.Linear(channels, self.config.triplet_size) for channels in inner)
        return net

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """A sketch, a photo of its class and one of another class."""
        photo, sketch, *_ = self.sizes["features"]
        inputs = ((sketch, batch[sketch]), (photo, batch[photo]), (photo, batch.other(photo)))
        codes, inner = zip(*(self._both(*each) for each in inputs), strict=True)
        scores = self.net.classifier(torch.cat(codes[:2]))
        terms = {
            "classification": self.config.class_weight * classification(scores, batch.labels.repeat(2)),
            "pairs": self._apart(*(self.net.last(each) for each in codes)),
        }
        for place, layer in enumerate(self.net.inner):
            apart = self._apart(*(layer(maps[place]) for maps in inner))
            terms[f"inner pairs {place + 1}"] = self.config.inner_weight * apart
        return terms

    def _both(self, modality: str, inputs: Tensor) -> tuple[Tensor, list[Tensor]]:
        codes = self.net.encode(modality, inputs)
        return codes, self.net.lower[modality][0][1].take() if self.config.features is None else []

    def _apart(self, anchor: Tensor, own: Tensor, other: Tensor) -> Tensor:
        if self.config.pairs == "triplet":
            return cross_triplet(anchor, own, other, self.config.margin)
        same = torch.ones(len(anchor), dtype=torch.int64, device=anchor.device)
        right, pairs = torch.cat([own, other]), torch.cat([same, 0 * same])
        return contrastive_pairs(anchor.repeat(2, 1), right, pairs, self.config.margin)
