"""What systems on features share: one extractor for each modality, and what the leak audit must know about it."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import torch

from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import Extractor, make_extractor
from zsr_lib.models.method import Method


class OnFeatures(Protocol):
    """A configuration that names its features."""

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

    def extractor(self, modality: str) -> Extractor:
        """The extractor for items of one modality; the same for all until a system fine-tunes them."""
        if modality not in self._extractors:
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

    def about(self) -> dict[str, Any]:
        """The extractors' keys and what they were pretrained on."""
        extractors = {modality: each for modality, each in self._extractors.items() if modality}
        return {
            "feature_keys": {modality: each.key for modality, each in extractors.items()},
            "pretraining": {"weights": self.config.features.weights, "classes": _count(extractors)},
        }

    def restore(self, state: Mapping[str, torch.Tensor], about: Mapping[str, Any]) -> None:
        """Makes the extractors again.

        Raises:
            BadInputError: The backbone's weights on this machine are not those the system was fitted with.
        """
        for modality, key in about["feature_keys"].items():
            if self.extractor(modality).key != key:
                raise BadInputError(
                    f"the backbone '{self.config.features.backbone}' with weights '{self.config.features.weights}' "
                    f"is not the one that this system was fitted with ({modality}).",
                    "put the same weights file into ZSR_WEIGHTS, or train the system again.",
                )


def _count(extractors: Mapping[str, Extractor]) -> int | None:
    """Number of classes in the backbone's pretraining; None when unknown."""
    known = [each.classes for each in extractors.values()]
    return None if None in known or not known else max(len(classes) for classes in known if classes is not None)
