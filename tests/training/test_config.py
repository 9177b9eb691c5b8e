import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.training.config import Run, TrainingConfig


@pytest.mark.parametrize(
    "options",
    [
        {"steps": 0},
        {"batch_size": 0},
        {"accumulate": 0},
        {"learning_rate": 0.0},
        {"clip": 0.0},
        {"weight_decay": -1.0},
        {"warmup": -1},
        {"validate_every": -1},
        {"patience": -1},
    ],
)
def test_numbers_out_of_range_are_refused(options):
    with pytest.raises(BadInputError, match=next(iter(options))):
        TrainingConfig(**options)


def test_a_checkpoint_every_zero_steps_is_refused():
    with pytest.raises(BadInputError, match="checkpoint_every is 0"):
        Run(checkpoint_every=0)
