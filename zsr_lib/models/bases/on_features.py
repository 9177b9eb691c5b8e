"""What systems on features share: an extractor for each modality, fine-tuned first where the options say so."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import torch
from torch import nn

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import Extractor, make_extractor
from zsr_lib.features.finetune_config import FinetuneConfig
from zsr_lib.models.method import Method
from zsr_lib.models.tuning.stage_one import StageOne, stage_one
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


class OnFeatures(Protocol):
    """A configuration that names its features; with a field ``finetune``, stage one can be switched on."""

    features: FeaturesConfig


class FeatureMethod(Method):
    """A system whose input is a feature vector per item.

    Items may bring features of the same extractor along (`Extractor.attach`); otherwise they are extracted here,
    through the cache. Pretraining on ImageNet is not counted as a leak, as everywhere in this field; `about` names
    it, so that every run record shows it.
    """

    config: OnFeatures

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self._extractors: dict[str, Extractor] = {}
        self._device = "cpu"
        self._stage_one: StageOne | None = None
        self.legacy = self.legacy or (self._finetune is not None and self._finetune.legacy)

    def prepare(self, task: Task, run: Run) -> dict[str, History]:
        """Takes note of the device and fine-tunes the backbone where the options say so; what `fit` does first.

        Returns:
            What happened, by modality.

        Raises:
            ZsrError: As `zsr_lib.models.tuning.stage_one.stage_one`.
        """
        self._device, self._extractors, self._stage_one = run.device, {}, None
        if self._finetune is None:
            return {}
        self._stage_one, histories = stage_one(self.config.features, self._finetune, task, run)
        return histories

    def extractor(self, modality: str) -> Extractor:
        """The extractor for items of one modality; the same for all unless they were fine-tuned apart.

        Raises:
            BadInputError: The backbone is to be fine-tuned first.
        """
        if modality in self._extractors:
            return self._extractors[modality]
        if self._stage_one is not None:
            rotations = self.config.features.rotations
            self._extractors[modality] = self._stage_one.extractor(modality, rotations, self._device)
        elif self._finetune is not None:
            raise BadInputError(f"'{self.name}' is not fitted.", "call fit(task), or load a saved system.")
        else:
            shared = self._extractors.setdefault("", make_extractor(self.config.features, self._device))
            self._extractors[modality] = shared
        return self._extractors[modality]

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
        """The extractors' keys and what they were pretrained on."""
        extractors = {modality: each for modality, each in self._extractors.items() if modality}
        return {
            "feature_keys": {modality: each.key for modality, each in extractors.items()},
            "pretraining": {"weights": self.config.features.weights, "classes": _count(extractors)},
            "stage_one": None if self._stage_one is None else self._stage_one.about(),
        }

    def trained_parts(self) -> tuple[TrainedPart, ...]:
        """The fine-tuned backbone, if there is one."""
        return () if self._stage_one is None else (self._stage_one.part(),)

    def state(self) -> dict[str, torch.Tensor]:
        """The fine-tuned blocks, if there are any."""
        return {} if self._stage_one is None else self._stage_one.state()

    def restore(self, state: Mapping[str, torch.Tensor], about: Mapping[str, Any]) -> None:
        """Makes the extractors again.

        Raises:
            BadInputError: The backbone's weights on this machine are not those the system was fitted with.
        """
        if self._finetune is not None:
            self._stage_one = StageOne.restored(self.config.features, self._finetune, state, about["stage_one"])
        for modality, key in about["feature_keys"].items():
            if self.extractor(modality).key != key:
                raise BadInputError(
                    f"the backbone '{self.config.features.backbone}' with weights '{self.config.features.weights}' "
                    f"is not the one that this system was fitted with ({modality}).",
                    "put the same weights file into ZSR_WEIGHTS, or train the system again.",
                )

    def to(self, device: str) -> None:
        """Extracts features on a device from now on."""
        if device != self._device:
            self._device, self._extractors = device, {}

    @property
    def _finetune(self) -> FinetuneConfig | None:
        return getattr(self.config, "finetune", None)


def _count(extractors: Mapping[str, Extractor]) -> int | None:
    """Number of classes in the backbone's pretraining; None when unknown."""
    known = [each.classes for each in extractors.values()]
    return None if None in known or not known else max(len(classes) for classes in known if classes is not None)


def with_stage_one(history: History, tuning: Mapping[str, History]) -> History:
    """The same history; what `FeatureMethod.prepare` returned is among its notes."""
    if tuning:
        history.notes["fine-tuning"] = {name: each.as_dict() for name, each in tuning.items()}
    return history
