"""zseoc+: a clean zero-shot system on ZSEoC's inputs, and other people's hands.

Not from a paper. Nine or ten classes are too few to learn from scratch how sketches relate to photos; a free head on
them forgets what the backbone knew. So the last blocks of one backbone, shared by both modalities, are fine-tuned with
a supervised contrastive loss (Khosla et al., NeurIPS 2020) on the seen classes' photos and machine drawings *and* on an
auxiliary data set of photos and hand sketches without the unseen classes (Sketchy without airplane). Features are
averaged over the symmetries of the square, since seen from above there is no up, standardised per modality on seen
classes, and a photo is compared both as it is and as it would be drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.drawn import drawn
from zsr_lib.models.bases.on_features import FeatureMethod
from zsr_lib.models.bases.scaling import Scaling
from zsr_lib.models.tuning.config import TailConfig
from zsr_lib.training.config import Run
from zsr_lib.training.history import History, with_tuning

MEASURED = 1000
"""Most items of one kind that statistics are measured on, taken at equal steps."""


@dataclass(frozen=True)
class ZseocPlusConfig:
    """Options.

    Attributes:
        features: Backbone and weights; `features.rotations` is how many symmetries of the square codes are averaged
            over.
        tail: How the backbone's last blocks are fine-tuned; None leaves them as they are.
        styles: Drawing styles by which a gallery photo is also compared as a drawing.
        drawing_weight: Weight of that second comparison; 0 leaves it out.
        sketch_statistics: Which sketches fix the mean and spread of the sketch side: ``both`` drawings and hands in
            equal parts, or one of them only.
        floor: Features with a smaller spread are divided by this instead.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    tail: TailConfig | None = field(default_factory=TailConfig)
    styles: tuple[Literal["canny", "xdog", "contour"], ...] = ("xdog", "contour", "canny")
    drawing_weight: float = 0.5
    sketch_statistics: Literal["both", "drawings", "hands"] = "both"
    floor: float = 0.2


class ZseocPlus(FeatureMethod):
    """Codes are concatenated, so that one cosine is the weighted sum of both comparisons.

    A sketch's code is (s, s), a photo's (p, w·d), with unit vectors s of the sketch, p of the photo and d of its
    drawings: s·p + w·s·d. Without styles or with w = 0 nothing is drawn, and zeros stand in the place of w·d.
    """

    Config = ZseocPlusConfig
    config: ZseocPlusConfig
    distance = "cosine"

    def build(self, features: Mapping[str, int]) -> None:
        """Makes a standardisation for photos, sketches and each style's drawings."""
        size, names = features["photo"], ("photo", "sketch", *self.config.styles)
        self.scaling = nn.ModuleDict({name: Scaling(size, self.config.floor) for name in names})

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Fine-tunes the last blocks, then measures statistics on the seen classes and the auxiliary sketches.

        Raises:
            BadInputError: The task has neither sketches nor machine drawings of seen classes.
            TrainingError: The loss is not finite.
        """
        tuning = self.prepare(task, run)
        self.begin(run, features={name: self.extractor(name).dimension for name in ("photo", "sketch")})
        self._measure(task, run.progress)
        self.record("standardisation", _measured_classes(task))
        return with_tuning(History(), tuning)

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, 2D) float32 codes; photos are drawn on the way.

        Raises:
            BadInputError: Not fitted, or neither photos nor sketches.
        """
        if self.sizes is None:
            raise self.not_fitted()
        if items.modality not in ("photo", "sketch"):
            raise BadInputError(f"there is no code for modality '{items.modality}'.", "embed photos or sketches.")
        own = self._standardised(items.modality, self.features_of(items))
        if items.modality == "sketch":
            return torch.cat([own, own], dim=1).numpy()
        compared = self.config.styles and self.config.drawing_weight
        drawings = self.config.drawing_weight * self._as_drawn(items) if compared else torch.zeros_like(own)
        return torch.cat([own, drawings], dim=1).numpy()

    def _measure(self, task: Task, progress: bool) -> None:
        """Statistics of photos, of each style's drawings, and of sketches: drawings and hands in equal parts."""
        plain = self.extractor("photo", rotations=1)
        photos = task.photos("seen")
        drawings = {style: drawn(plain, style)(photos, progress) for style in self.config.styles}
        hands = [plain(_spread(items, MEASURED), progress) for items in _hands(task)]
        kinds = {"drawings": list(drawings.values()), "hands": hands}
        chosen = [kinds[name] for name in kinds if self.config.sketch_statistics in (name, "both")]
        tables = {"photo": plain(photos, progress), "sketch": _in_equal_parts(chosen), **drawings}
        for name, features in tables.items():
            self.scaling[name].measure(torch.from_numpy(features))

    def _standardised(self, name: str, features: np.ndarray) -> Tensor:
        return normalize(self.scaling[name](torch.from_numpy(features)), dim=1)

    def _as_drawn(self, photos: ItemSet) -> Tensor:
        """(N, D) unit vectors: the mean over styles of what the photos' drawings look like."""
        extractor = self.extractor("sketch")
        views = [self._standardised(style, drawn(extractor, style)(photos)) for style in self.config.styles]
        return normalize(torch.stack(views).sum(dim=0), dim=1)


def _hands(task: Task) -> list[ItemSet]:
    """Sketches that no machine made: the task's own of seen classes, and those of auxiliary data sets."""
    own = [] if task.dataset.sketches is None else [task.sketches("seen")]
    return own + [other.sketches for other in task.auxiliary if other.sketches is not None]


def _measured_classes(task: Task) -> tuple[str, ...]:
    others = (name for other in task.auxiliary if other.sketches is not None for name in other.classes)
    return tuple(dict.fromkeys((*task.seen, *others)))


def _spread(items: ItemSet, count: int) -> ItemSet:
    """At most `count` items at equal steps."""
    return items.take(np.arange(0, len(items), max(1, -(-len(items) // count))))


def _in_equal_parts(kinds: list[list[np.ndarray]]) -> np.ndarray:
    """Features of every kind of sketch, as many of one as of the other; kinds without any are left out."""
    there = [np.concatenate(kind) for kind in kinds if sum(map(len, kind))]
    few = min(map(len, there), default=0)
    if not few:
        raise BadInputError(
            "there are no sketches to measure features on.", "give styles, or sketches of seen classes."
        )
    return np.concatenate([kind[np.linspace(0, len(kind) - 1, few).astype(np.int64)] for kind in there])
