"""What a training run does (`TrainingConfig`) and how it is carried out here (`Run`)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from zsr_lib.errors import BadInputError


@dataclass(frozen=True)
class TrainingConfig:
    """Everything about training that can move a number.

    Attributes:
        steps: Optimiser steps.
        batch_size: Items (or pairs, or triplets: whatever the method's batches hold) of one step.
        optimizer: ``adam``, ``adamw`` or ``sgd`` (Nesterov momentum).
        learning_rate: At the top of the schedule.
        weight_decay: L2 (``adam``, ``sgd``) or decoupled (``adamw``).
        momentum: For ``sgd``.
        schedule: ``constant``, or ``cosine`` down to zero.
        warmup: Steps of linear growth from zero before the schedule.
        clip: Largest norm of the gradient; None does not clip.
        accumulate: Batches whose gradients are averaged for one step.
        validate_every: Steps between two validations; 0 never validates.
        patience: Validations without improvement after which training stops; 0 never stops early. Where there is
            a validation, the best state is kept.
        precision: ``float64`` (networks on features only: `zsr_lib.models.bases.heads`), ``float32``, ``bf16``
            (autocast), or ``auto``: bf16 on CUDA, float32 elsewhere.

    Raises:
        BadInputError: A number is out of range.
    """

    steps: int = 500
    batch_size: int = 128
    optimizer: Literal["adam", "adamw", "sgd"] = "adam"
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    momentum: float = 0.9
    schedule: Literal["constant", "cosine"] = "constant"
    warmup: int = 0
    clip: float | None = None
    accumulate: int = 1
    validate_every: int = 0
    patience: int = 0
    precision: Literal["auto", "float64", "float32", "bf16"] = "auto"

    def __post_init__(self) -> None:
        for name in ("steps", "batch_size", "accumulate"):
            if getattr(self, name) < 1:
                raise BadInputError(f"{name} is {getattr(self, name)}.", "give 1 or more.")
        if self.learning_rate <= 0 or (self.clip is not None and self.clip <= 0):
            raise BadInputError("learning_rate and clip must be positive.", "give a number above 0, or clip: null.")
        if min(self.weight_decay, self.warmup, self.validate_every, self.patience) < 0:
            raise BadInputError("weight_decay, warmup, validate_every and patience cannot be negative.", "give 0.")


@dataclass(frozen=True)
class Run:
    """How a method is fitted on this machine.

    Attributes:
        seed: Of everything random.
        device: ``cpu``, ``cuda`` or ``cuda:1``.
        folder: Where checkpoints are kept, so that a killed run goes on where it was; None keeps none.
        checkpoint_every: Steps between two checkpoints.
        progress: Show progress bars.
        identity: What the run depends on beside its training options and seed, for example a digest of the method's
            options and the data; a checkpoint of another identity is refused.

    Raises:
        BadInputError: `checkpoint_every` is not positive.
    """

    seed: int = 0
    device: str = "cpu"
    folder: Path | None = None
    checkpoint_every: int = 200
    progress: bool = True
    identity: str = ""

    def __post_init__(self) -> None:
        if self.checkpoint_every < 1:
            raise BadInputError(f"checkpoint_every is {self.checkpoint_every}.", "give 1 or more.")
