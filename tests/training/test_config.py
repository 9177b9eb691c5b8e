import pytest
import torch

from zsr_lib.configs import build, plain
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
        {"decay": 0.0},
        {"decay_every": 0},
        {"step_every": 0},
        {"step_repeat": 0},
        {"update_every": 0},
        {"fused": True, "optimizer": "rmsprop"},
        {"betas": (0.9,)},
        {"betas": (0.9, 1.0)},
    ],
)
def test_numbers_out_of_range_are_refused(options):
    with pytest.raises(BadInputError, match=next(iter(options))):
        TrainingConfig(**options)


def test_a_checkpoint_every_zero_steps_is_refused():
    with pytest.raises(BadInputError, match="checkpoint_every is 0"):
        Run(checkpoint_every=0)


def test_options_that_came_later_do_not_change_older_settings():
    assert len(plain(TrainingConfig())) == 13
    changed = {"betas": [0.5, 0.9], "step_every": 5}
    assert plain(build(TrainingConfig, changed)) == plain(TrainingConfig()) | changed


def rates(**options):
    config = TrainingConfig(learning_rate=2.0, **options)
    return [config.rate_at(step) for step in range(config.steps)]


def test_constant():
    assert rates(steps=3) == [2.0, 2.0, 2.0]


def test_cosine_by_hand():
    assert rates(steps=4, schedule="cosine") == pytest.approx([2, 1 + 0.5**0.5, 1, 1 - 0.5**0.5])


def test_warm_up_is_linear_and_reaches_the_top_once():
    assert rates(steps=8, warmup=3, schedule="constant")[:5] == [0.5, 1.0, 1.5, 2.0, 2.0]
    assert rates(steps=7, warmup=3, schedule="cosine") == pytest.approx(
        [0.5, 1, 1.5, *rates(steps=4, schedule="cosine")]
    )


def test_warm_up_longer_than_training():
    assert rates(steps=2, warmup=9, schedule="cosine") == pytest.approx([0.2, 0.4])


def test_step_falls_at_once_and_exponential_little_by_little():
    options = {"steps": 7, "warmup": 1, "decay": 0.25, "decay_every": 2}
    assert rates(schedule="step", **options) == [1.0, 2.0, 2.0, 0.5, 0.5, 0.125, 0.125]
    assert rates(schedule="exponential", **options) == pytest.approx([1.0, 2.0, 1.0, 0.5, 0.25, 0.125, 0.0625])


@pytest.mark.parametrize("schedule", ["step", "exponential"])
def test_schedules_are_those_of_torch(schedule):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=2.0)
    theirs = {
        "step": torch.optim.lr_scheduler.StepLR(optimizer, 3, 0.5),
        "exponential": torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5),
    }[schedule]
    expected = []
    for _ in range(10):
        expected.append(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step()
    every = {"step": 3, "exponential": 1}[schedule]
    assert rates(steps=10, schedule=schedule, decay=0.5, decay_every=every) == pytest.approx(expected)
