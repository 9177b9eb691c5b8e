"""The learning rate as a pure function of the step, so that a resumed run needs no scheduler state."""

import math

from zsr_lib.training.config import TrainingConfig


def learning_rate(config: TrainingConfig, step: int) -> float:
    """The learning rate of step number `step`, counted from 0.

    Warm-up grows linearly and reaches the top with the first step after it; ``cosine`` then falls as
    (1 + cos πt) / 2 (Loshchilov & Hutter 2017, eq. 5, one cycle) and would be zero one step after the last.
    """
    if step < config.warmup:
        return config.learning_rate * (step + 1) / (config.warmup + 1)
    if config.schedule == "constant":
        return config.learning_rate
    through = (step - config.warmup) / (config.steps - config.warmup)
    return config.learning_rate * (1 + math.cos(math.pi * through)) / 2
