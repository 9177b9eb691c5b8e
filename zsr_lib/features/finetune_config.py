"""How a backbone is fine-tuned before anything else is trained: the options of stage one."""

from dataclasses import dataclass, field
from typing import Literal

from zsr_lib.errors import BadInputError
from zsr_lib.training.config import TrainingConfig


@dataclass(frozen=True)
class FinetuneConfig:
    """Stage one: the backbone as a classifier. Defaults are those of ZSEoC's released code, but for the classes.

    Attributes:
        classes: ``seen``, or ``all``: the leak of the released code, which fine-tunes on the unseen classes' photos
            and test sketches as well. It needs `legacy`.
        legacy: The run is to be labelled as leaking.
        shared: One backbone for photos and sketches; otherwise one for each.
        block: The first block that is trained (`zsr_lib.features.backbones.trunk_and_head`), on maps of the blocks
            before it that are computed once; None trains everything from pixels.
        augment: Train on changed images: photos turned and mirrored, sketches as another hand might draw them.
        holdout: Share of each class's images that early stopping is decided on; used where `training.validate_every`
            is not 0.
        training: Steps, batches, optimiser. A batch of a shared backbone is half photos, half sketches.

    Raises:
        BadInputError: All classes are asked for without `legacy`, or the share is out of range.
    """

    classes: Literal["seen", "all"] = "seen"
    legacy: bool = False
    shared: bool = False
    block: int | None = None
    augment: bool = True
    holdout: float = 0.2
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            steps=300, batch_size=16, optimizer="sgd", learning_rate=1e-3, validate_every=10, patience=3
        )
    )

    def __post_init__(self) -> None:
        if self.classes == "all" and not self.legacy:
            raise BadInputError(
                "fine-tuning on all classes shows the backbone the unseen ones: that is not zero-shot.",
                "set finetune.classes: seen; or finetune.legacy: true, to measure the leak, labelled as such.",
            )
        if not 0 <= self.holdout < 1:
            raise BadInputError(f"finetune.holdout is {self.holdout}.", "give a share below 1, for example 0.2.")
