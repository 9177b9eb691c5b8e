"""How a backbone is tuned before anything else is trained: as a classifier, or by contrasting domains."""

from dataclasses import dataclass, field
from typing import Literal

from zsr_lib.configs import added
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
        knowledge: Weight of a term by which photos keep the class probabilities of the pretrained network, and sketches
            learn those of their class's photos; 0 leaves it out.

    Raises:
        BadInputError: All classes are asked for without `legacy`, or a number is out of range.
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
    knowledge: float = added(0.0)

    def __post_init__(self) -> None:
        if self.knowledge < 0:
            raise BadInputError(f"finetune.knowledge is {self.knowledge}.", "give 0 or more.")
        if self.classes == "all" and not self.legacy:
            raise BadInputError(
                "fine-tuning on all classes shows the backbone the unseen ones: that is not zero-shot.",
                "set finetune.classes: seen; or finetune.legacy: true, to measure the leak, labelled as such.",
            )
        if not 0 <= self.holdout < 1:
            raise BadInputError(f"finetune.holdout is {self.holdout}.", "give a share below 1, for example 0.2.")


@dataclass(frozen=True)
class TailConfig:
    """Options of fine-tuning.

    Attributes:
        block: The first block that is trained; blocks before it stay as they are.
        apart: Seen classes that fine-tuning does not use. Where several splits of one data set are run, naming every
            class that any of them leaves unseen makes one fine-tuning serve them all.
        leave_out: Classes of auxiliary data sets that fine-tuning does not use, beside those that are unseen.
        own_turns: Of the seen classes' photos: ``all`` symmetries of the square, for aerial photos, or ``mirror``, for
            objects, which have an up.
        own_classes: Seen classes in a batch; None takes all.
        own_items: Photos, and sketches, of each of them.
        auxiliary_classes: Classes of each auxiliary data set in a batch.
        auxiliary_items: Photos, and sketches, of each of them.
        temperature: Of the contrastive loss.
        knowledge: Weight of a term by which photos keep the class probabilities of the pretrained network, and sketches
            learn those of their class's photos; 0 leaves it out.
        keep: How far to go from the pretrained weights (0) to the trained ones (1).
        floor: Features with a smaller spread are divided by this instead.
        training: Steps, optimiser, schedule; `batch_size` is what the numbers above add up to, not the one in here.

    Raises:
        BadInputError: A number is out of range.
    """

    block: int = 14
    apart: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    own_turns: Literal["all", "mirror"] = "all"
    own_classes: int | None = None
    own_items: int = 4
    auxiliary_classes: int = 20
    auxiliary_items: int = 2
    temperature: float = 0.07
    knowledge: float = 0.0
    keep: float = 1.0
    floor: float = 0.02
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            steps=150,
            optimizer="adamw",
            learning_rate=2e-4,
            weight_decay=1e-4,
            schedule="cosine",
            warmup=10,
            clip=5.0,
        )
    )

    def __post_init__(self) -> None:
        for name in ("own_classes", "own_items", "auxiliary_classes", "auxiliary_items"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise BadInputError(f"tail.{name} is {number}.", "give 1 or more.")
        if self.temperature <= 0:
            raise BadInputError(f"tail.temperature is {self.temperature}.", "give a number above 0.")
        if not 0 <= self.keep <= 1:
            raise BadInputError(f"tail.keep is {self.keep}.", "give 0 (pretrained) to 1 (trained).")
        for name in ("floor", "knowledge"):
            if getattr(self, name) < 0:
                raise BadInputError(f"tail.{name} is {getattr(self, name)}.", "give 0 or more.")


TuningConfig = FinetuneConfig | TailConfig
