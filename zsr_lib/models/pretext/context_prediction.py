"""Cross-domain context prediction: where does this patch of the drawing lie from that patch of the photo?

"Unsupervised SBIR by cross-domain context prediction", slides of a course project, Georgia Tech, November 2019
(METHODS.md §5). No label is read: photos are drawn by a machine, a patch of the photo and another one of the drawing
are cut from a 2 × 2 grid, and the network says in which of eight directions the second lies. What its trunk makes of
whole pictures is the code.

Not stated, and chosen here: optimiser and batch; that the photo's patch comes first; that all twelve pairs of a grid
are asked and every direction counts alike; that batch normalisation stands behind convolutions only and measures
photos' and drawings' patches together; the distance (cosine); that pictures are embedded in all their colours; that a
network without pretrained weights sees bands standardised over the pretext's pictures, one with them what they expect.
Where it differs from Doersch's code, `zsr_lib.models.pretext.patches` says so.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn.functional import cross_entropy

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.features.drawn import drawings_of
from zsr_lib.features.preprocess import IMAGENET_MEAN, IMAGENET_SD
from zsr_lib.models.bases.on_pixels import PixelMethod
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.trained import Sizes
from zsr_lib.models.pretext.config import ContextPredictionConfig
from zsr_lib.models.pretext.late_fusion import SMALL, LateFusion, make_trunk, take_weights
from zsr_lib.models.pretext.patches import ANSWERS, WEIGHTS, PatchesConfig, cut, drop_colours, grids
from zsr_lib.models.pretext.photos import grey, pretext_photos
from zsr_lib.rng import rng
from zsr_lib.training.config import Run
from zsr_lib.training.history import History
from zsr_lib.training.image_changes import random_symmetries
from zsr_lib.training.loop import train
from zsr_lib.training.reproducible import seed_of
from zsr_lib.training.sampling import Shuffled

HELD_OUT = 8
"""One photo of so many is not trained on: the pretext's accuracy is measured on it."""
PHOTO, SKETCH = "photo", "sketch"


class Rows(NamedTuple):
    """A batch: (B,) rows of photos, and (B,) times the batch's number."""

    photos: np.ndarray
    number: np.ndarray


class ContextPrediction(PixelMethod):
    """Learns from the photos of `Task.auxiliary`, or without any from those of the seen classes; reads no label.

    Attributes:
        pretrained: How many classes the trunk's weights were trained on; None when nobody says.
    """

    Config = ContextPredictionConfig
    config: ContextPredictionConfig
    pretrained: int | None = 0

    def network(self, sizes: Sizes) -> LateFusion:
        """The layers, drawn anew; `fit` puts pretrained weights in."""
        config = self.config
        shape = (config.size, sizes.features[PHOTO], config.width)
        trunk = make_trunk(config.backbone, *shape, config.batch_norm)
        return LateFusion(trunk, *shape, still=config.backbone not in (SMALL, "alexnet") and not config.batch_norm)

    def loss(self, batch: Any) -> Mapping[str, Tensor]:
        """Cross-entropy of the eight answers, each direction counting alike, over the twelve pairs of every grid."""
        logits = self.logits(*batch)  # (B, 12, 8)
        answers = torch.tensor(ANSWERS, device=logits.device).expand(len(logits), -1)
        each = cross_entropy(logits.flatten(0, 1), answers.flatten(), reduction="none").unflatten(0, answers.shape)
        return {"direction": (each * each.new_tensor(WEIGHTS)).mean()}

    def logits(self, both: Tensor, generator: Generator, patches: PatchesConfig | None = None) -> Tensor:
        """(B, 2 C, H, W) photos on top of their drawings → (B, 12, 8) logits for the pairs of one grid in each."""
        asked = patches or self.config.patches
        if self.config.symmetries:
            both = random_symmetries(both, generator)
        photos, drawings = both.chunk(2, dim=1)
        corners = grids(len(both), *both.shape[2:], asked, generator)
        found = {}
        for modality, images in ((PHOTO, photos), (SKETCH, drawings)):
            if self.config.domain in ("cross", {PHOTO: "photo", SKETCH: "edges"}[modality]):
                found[modality] = self.prepared(modality, cut(images, corners, asked.side))
        if PHOTO in found and asked.colour == "drop":
            found[PHOTO] = drop_colours(found[PHOTO], generator)
        features = self.net.encode("", torch.cat(list(found.values()))).split(4 * len(both))
        return self.net.answers(features[0], features[-1])

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Trains the pretext; keeps its last state, or with ``validate_every`` the one that answers best.

        Raises:
            BadInputError: The photos are too small for the grid, or no red, green and blue in 8 bits.
            TrainingError: A loss is not finite.
        """
        self._parts, config = {}, self.config
        photos, classes = pretext_photos(task)
        config.patches.check(*photos.pixels.shape[1:3])
        self.record("context prediction", classes)
        drawings = drawings_of(photos.pixels, config.style)
        self.begin(run, features=dict.fromkeys((PHOTO, SKETCH), photos.pixels.shape[-1]), classes=len(WEIGHTS))
        self._start(photos, replace(photos, modality=SKETCH, origin="machine", pixels=drawings))
        order = rng(run.seed, seed_of("pretext photos")).permutation(len(photos))
        held, own = np.split(order, [max(1, len(photos) // HELD_OUT)])

        def pictures(rows: np.ndarray, number: int) -> tuple[Tensor, Generator]:
            """Photos and drawings of some rows, and what a step draws its random numbers from."""
            both = np.concatenate([photos.pixels[rows], drawings[rows]], axis=3)  # (B, H, W, 2 C)
            dice = torch.Generator().manual_seed(seed_of(f"patches {run.seed} {number}"))
            return torch.from_numpy(both).to(self.device).permute(0, 3, 1, 2), dice

        history, notes = History(), {"pretext photos": len(photos), "grey photos": grey(photos)}
        if config.pretext:
            draw = Shuffled(len(own), config.training.batch_size, run.seed)
            history = train(
                self.net,
                lambda number: Rows(own[draw(number)], np.full(1, number)),
                lambda rows: self.loss(pictures(rows.photos.cpu().numpy(), int(rows.number[0]))),
                *(config.training, run, lambda: self._accuracy(held, pictures), self.name or "pretext"),
            )
            notes["pretext accuracy"] = self._accuracy(held, pictures)
            if config.probe:
                notes["pretext accuracy, probe"] = self._accuracy(held, pictures, config.probe)
        history.notes |= notes
        return history

    def _start(self, photos: ItemSet, drawings: ItemSet) -> None:
        """Bands are standardised as the start asks for; pretrained weights take their place in the trunk."""
        config, self.pretrained = self.config, 0
        if config.weights == "none":
            items = {PHOTO: photos, SKETCH: drawings}
            self.ready(None, Pool(photos.classes, items), {})
            return
        how = config.backbone, config.weights, config.size, config.batch_norm, config.kept
        classes = take_weights(self.net.trunk, *how)
        self.pretrained = None if classes is None else len(classes)
        for scaling in self.bands.values():
            scaling.mean.copy_(255 * torch.tensor(IMAGENET_MEAN))
            scaling.scale.copy_(255 * torch.tensor(IMAGENET_SD))

    def as_input(self, modality: str, rows: np.ndarray) -> Tensor:
        """(B, C, whole, whole) pictures."""
        images = torch.from_numpy(rows).to(self.device).permute(0, 3, 1, 2)
        return self.prepared(modality, images, self.config.whole)

    def about(self) -> dict[str, Any]:
        """What the trunk was pretrained on, beside what every system says."""
        return super().about() | {"pretraining": {"weights": self.config.weights, "classes": self.pretrained}}

    def rebuild(self, about: Mapping[str, Any]) -> None:
        """Takes back what `about` said."""
        self.pretrained = about["pretraining"]["classes"]
        super().rebuild(about)

    @torch.inference_mode()
    def _accuracy(self, held: np.ndarray, pictures: Any, patches: PatchesConfig | None = None) -> float:
        """The share of right answers on photos that are not trained on, each direction counting alike."""
        self.net.eval()
        right = [
            (self.logits(*pictures(rows, -1 - place), patches).argmax(dim=2).cpu() == torch.tensor(ANSWERS)).double()
            for place, rows in enumerate(np.split(held, range(64, len(held), 64)))
        ]
        return float((torch.cat(right) * torch.tensor(WEIGHTS, dtype=torch.float64)).mean())
