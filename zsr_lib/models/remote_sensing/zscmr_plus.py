"""zscmr+: a clean zero-shot system on ZSCMR's inputs.

Not from a paper. ZSCMR trains two matrices on features that stay as they are. Here the last blocks of one backbone,
shared by photos and sketches, are fine-tuned on the seen classes with a supervised contrastive loss (Khosla et al.,
NeurIPS 2020): all items of a class, photos and sketches alike, are each other's positives. Batch normalisation stays
frozen, and features are standardised per modality with statistics of the seen classes, before training and after.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import Extractor
from zsr_lib.models.references.standardised import Standardised
from zsr_lib.models.tuning.tail_config import TailConfig
from zsr_lib.models.tuning.tuned_backbone import TunedBackbone, tuned_backbone
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


@dataclass(frozen=True)
class ZscmrPlusConfig:
    """Options.

    Attributes:
        features: Backbone and weights; with `features.rotations` 2, codes are averaged over an image and its mirror
            image.
        tail: How the backbone's last blocks are fine-tuned; None leaves them as they are, which makes this system
            `standardised`.
        centre_only: Only take each modality's mean away.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    tail: TailConfig | None = field(default_factory=lambda: TailConfig(own_turns="mirror", own_classes=40, own_items=3))
    centre_only: bool = False


class ZscmrPlus(Standardised):
    """Standardised features of the fine-tuned backbone, compared by the cosine."""

    Config = ZscmrPlusConfig
    config: ZscmrPlusConfig

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self._backbone: TunedBackbone | None = None

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Fine-tunes the last blocks, then measures each modality's statistics; both on the seen classes.

        Raises:
            BadInputError: A batch asks for more classes than there are, or there are no sketches to train on.
            TrainingError: The loss is not finite.
        """
        self._backbone, history = tuned_backbone(self.config.features, self.config.tail, task, run)
        super().fit(task, run)
        return history

    def extractor(self, modality: str) -> Extractor:
        """The tuned backbone, for photos and sketches alike."""
        if self._backbone is None:
            raise BadInputError(f"'{self.name}' is not fitted.", "call fit(task), or load a saved system.")
        if modality not in self._extractors:
            self._extractors[modality] = self._backbone.extractor(self.config.features.rotations, self._device)
        return self._extractors[modality]

    def trained_parts(self) -> tuple[TrainedPart, ...]:
        """The fine-tuned blocks, with the classes they have seen, and the statistics."""
        blocks = () if self._backbone is None else self._backbone.classes
        return (*((TrainedPart("fine-tuned blocks", blocks),) if blocks else ()), *super().trained_parts())

    def state(self) -> dict[str, torch.Tensor]:
        """The tuned blocks and the statistics."""
        return super().state() | ({} if self._backbone is None else self._backbone.state())

    def about(self) -> dict[str, Any]:
        """The classes behind the blocks, beside what `Standardised` says."""
        return super().about() | {"tuned_on": [] if self._backbone is None else list(self._backbone.classes)}

    def restore(self, state: Mapping[str, torch.Tensor], about: Mapping[str, Any]) -> None:
        """Puts the tuned blocks and the statistics back."""
        tuned = TunedBackbone.restored(self.config.features, self.config.tail, state)
        self._backbone = TunedBackbone(tuned.backbone, tuned.block, tuned.tail, tuple(about["tuned_on"]))
        super().restore(state, about)
