"""What systems on features share: extractors, their backbone fine-tuned first where options say so."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol, Self

import numpy as np
from torch import nn

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.features.backbones import make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import Extractor, extractor_of, make_extractor
from zsr_lib.features.tail import Tail, with_tail
from zsr_lib.models.method import Method
from zsr_lib.models.tuning.config import TuningConfig
from zsr_lib.models.tuning.domains import SHARED
from zsr_lib.models.tuning.tune import fine_tuned
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


class OnFeatures(Protocol):
    """A configuration that names its features; with a field ``finetune`` or ``tail``, the backbone is tuned first."""

    features: FeaturesConfig


class FeatureMethod(Method):
    """A system whose input is a feature vector per item.

    Items may bring features of the same extractor along (`Extractor.attach`); otherwise they are extracted here,
    through the cache. Pretraining on ImageNet is not counted as a leak, as everywhere in this field; `about` names
    it, so that every run record shows it.

    Attributes:
        finetuned: Modality, or ``shared`` → the blocks of the backbone that were trained.
    """

    config: OnFeatures

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self.finetuned = nn.ModuleDict()
        self._extractors: dict[tuple[str, FeaturesConfig], Extractor] = {}
        self.legacy = self.legacy or getattr(self.tuning, "legacy", False)

    @property
    def tuning(self) -> TuningConfig | None:
        """How the backbone is tuned; None leaves it as it is."""
        return getattr(self.config, "finetune", None) or getattr(self.config, "tail", None)

    def prepare(self, task: Task, run: Run) -> Mapping[str, History]:
        """Takes note of the device and fine-tunes the backbone where the options say so; what `fit` does first.

        Returns:
            What happened, by name of the blocks; empty where nothing was tuned.

        Raises:
            ZsrError: As `zsr_lib.models.tuning.tune.fine_tuned`.
        """
        self.device, self._extractors, self._parts = run.device, {}, {}
        self.finetuned = nn.ModuleDict()
        if self.tuning is None:
            return {}
        tuned = fine_tuned(self.config.features, self.tuning, task, run)
        self.finetuned = nn.ModuleDict(tuned.tails)
        self._parts[tuned.part.name] = tuned.part
        return tuned.histories

    def extractor(self, modality: str, rotations: int | None = None) -> Extractor:
        """The extractor for items of one modality; the same for all unless they were fine-tuned apart.

        Args:
            modality: Of the items.
            rotations: Over how many symmetries of the square features are averaged; None takes the options'.

        Raises:
            BadInputError: The backbone is to be fine-tuned first.
        """
        features = self.config.features.of(modality)
        features = replace(features, rotations=rotations or features.rotations)
        tail = SHARED if SHARED in self.finetuned else modality
        if self.tuning is None:
            tail = ""
        elif tail not in self.finetuned:
            raise self.not_fitted()
        if (tail, features) not in self._extractors:
            self._extractors[tail, features] = self._made(tail, features)
        return self._extractors[tail, features]

    def _made(self, tail: str, features: FeaturesConfig) -> Extractor:
        if not tail:
            return make_extractor(features, self.device)
        tuned = with_tail(make_backbone(features), self.tuning.block, self.finetuned[tail])
        return extractor_of(tuned, features.rotations, self.device)

    def features_of(self, items: ItemSet, progress: bool = False) -> np.ndarray:
        """(N, D) float32 features.

        Raises:
            BadInputError: Features are not finite; names the first items.
        """
        found = self.extractor(items.modality)(items, progress)
        bad = ~np.isfinite(found).all(axis=1)
        if bad.any():
            names = ", ".join(items.ids[bad][:3].tolist())
            raise BadInputError(
                f"features of {bad.sum()} items are not finite, among them {names}.",
                "look at these images, or compute the features again (delete 'features' in the cache folder).",
            )
        return found

    def after_features(self, modality: str) -> nn.Module | None:
        """What makes codes of (N, D) features of one modality; None where that is more than a module of torch."""
        return None

    def about(self) -> dict[str, Any]:
        """The extractors' keys and what they were pretrained on, beside what every system says."""
        said = super().about()
        extractors = {modality: self.extractor(modality) for modality in said["sizes"]["features"]}
        return said | {
            "tuned": list(self.finetuned),
            "feature_keys": {modality: each.key for modality, each in extractors.items()},
            "pretraining": {"weights": self.config.features.weights, "classes": _count(extractors)},
        }

    def rebuild(self, about: Mapping[str, Any]) -> None:
        """Makes the blocks of a tuned backbone first."""
        if self.tuning is not None:
            backbone = make_backbone(self.config.features)
            self.finetuned = nn.ModuleDict({name: Tail(backbone, self.tuning.block).eval() for name in about["tuned"]})
        super().rebuild(about)

    def restore(self, state: Mapping[str, Any], about: Mapping[str, Any]) -> None:
        """Takes everything back and makes the extractors again.

        Raises:
            BadInputError: The backbone's weights on this machine are not those the system was fitted with.
        """
        super().restore(state, about)
        for modality, key in about["feature_keys"].items():
            if self.extractor(modality).key != key:
                raise BadInputError(
                    f"the backbone '{self.config.features.backbone}' with weights '{self.config.features.weights}' "
                    f"is not the one that this system was fitted with ({modality}).",
                    "put the same weights file into ZSR_WEIGHTS, or train the system again.",
                )

    def to(self, device: str) -> Self:
        """Extracts features on a device from now on, too."""
        if device != self.device:
            self._extractors = {}
        return super().to(device)


def _count(extractors: Mapping[str, Extractor]) -> int | None:
    """Number of classes in the backbone's pretraining; None when unknown."""
    known = [each.classes for each in extractors.values()]
    return None if None in known or not known else max(len(classes) for classes in known if classes is not None)
