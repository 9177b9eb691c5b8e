"""What a training run does (`TrainingConfig`) and how it is carried out here (`Run`)."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from zsr_lib.configs import added
from zsr_lib.errors import BadInputError


@dataclass(frozen=True)
class TrainingConfig:
    """Everything about training that can move a number.

    Attributes:
        steps: Steps of the loop.
        batch_size: Items (or pairs, or triplets: whatever the method's batches hold) of one step.
        optimizer: ``adam``, ``adamw``, ``sgd`` (Nesterov momentum) or ``rmsprop`` (without momentum).
        learning_rate: At the top of the schedule.
        weight_decay: L2 (``adam``, ``sgd``, ``rmsprop``) or decoupled (``adamw``).
        momentum: For ``sgd``.
        schedule: ``constant``, ``cosine`` down to zero, ``step`` or ``exponential`` (`decay`).
        warmup: Steps of linear growth from zero before the schedule.
        clip: Largest norm of the gradient; None does not clip.
        accumulate: Batches whose gradients are averaged for one step.
        validate_every: Steps between two validations; 0 never validates.
        patience: Validations without improvement after which training stops; 0 never stops early. Where there is
            a validation, the best state is kept.
        precision: ``float64`` (networks on features only: `zsr_lib.models.bases.heads`), ``float32``, ``bf16``
            (autocast), or ``auto``: bf16 on CUDA, float32 elsewhere.
        betas: For ``adam`` and ``adamw``: how much of the running means of gradients and of their squares is kept.
        decay: Factor on the learning rate every `decay_every` steps: at once (``step``) or little by little
            (``exponential``).
        decay_every: See `decay`.
        step_every: The optimiser takes part in every n-th step of the loop, first in step n.
        step_repeat: Steps that it then takes, all on the same batch.
        update_every: Steps between two calls of the loop's ``update``, where there is one.
        fused: One kernel for a step of ``adam``, ``adamw`` or ``sgd``: several times faster, with other last digits.

    Raises:
        BadInputError: A number is out of range.
    """

    steps: int = 500
    batch_size: int = 128
    optimizer: Literal["adam", "adamw", "sgd", "rmsprop"] = "adam"
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    momentum: float = 0.9
    schedule: Literal["constant", "cosine", "step", "exponential"] = "constant"
    warmup: int = 0
    clip: float | None = None
    accumulate: int = 1
    validate_every: int = 0
    patience: int = 0
    precision: Literal["auto", "float64", "float32", "bf16"] = "auto"
    betas: tuple[float, ...] = added((0.9, 0.999))
    decay: float = added(0.1)
    decay_every: int = added(100)
    step_every: int = added(1)
    step_repeat: int = added(1)
    update_every: int = added(1)
    fused: bool = added(False)

    def __post_init__(self) -> None:
        counts = ("steps", "batch_size", "accumulate", "decay_every", "step_every", "step_repeat", "update_every")
        for name in counts:
            if getattr(self, name) < 1:
                raise BadInputError(f"{name} is {getattr(self, name)}.", "give 1 or more.")
        if min(self.learning_rate, self.decay) <= 0 or (self.clip is not None and self.clip <= 0):
            raise BadInputError(
                "learning_rate, decay and clip must be positive.", "give a number above 0, or clip: null."
            )
        if min(self.weight_decay, self.warmup, self.validate_every, self.patience) < 0:
            raise BadInputError("weight_decay, warmup, validate_every and patience cannot be negative.", "give 0.")
        if len(self.betas) != 2 or not all(0 <= beta < 1 for beta in self.betas):
            raise BadInputError(f"betas are {list(self.betas)}.", "give two numbers from 0 to below 1.")
        if self.fused and self.optimizer == "rmsprop":
            raise BadInputError("rmsprop cannot be fused.", "leave fused out, or choose adam, adamw or sgd.")

    def rate_at(self, step: int) -> float:
        """Computes the learning rate of step number `step`, counted from 0; a resumed run needs no scheduler state.

        Warm-up grows linearly and reaches the top with the first step after it; ``cosine`` then falls as
        (1 + cos πt) / 2 (Loshchilov & Hutter 2017, eq. 5, one cycle) and would be zero one step after the last.
        """
        if step < self.warmup:
            return self.learning_rate * (step + 1) / (self.warmup + 1)
        if self.schedule == "constant":
            return self.learning_rate
        if self.schedule == "cosine":
            through = (step - self.warmup) / (self.steps - self.warmup)
            return self.learning_rate * (1 + math.cos(math.pi * through)) / 2
        periods = (step - self.warmup) / self.decay_every
        return self.learning_rate * self.decay ** (math.floor(periods) if self.schedule == "step" else periods)


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
        together: Train with the other processes of ``torchrun``, where there are any; not where only one of them comes
            by, for example in building what is cached.

    Raises:
        BadInputError: `checkpoint_every` is not positive.
    """

    seed: int = 0
    device: str = "cpu"
    folder: Path | None = None
    checkpoint_every: int = 200
    progress: bool = True
    identity: str = ""
    together: bool = True

    def __post_init__(self) -> None:
        if self.checkpoint_every < 1:
            raise BadInputError(f"checkpoint_every is {self.checkpoint_every}.", "give 1 or more.")
