import pytest

from zsr_lib.training.config import TrainingConfig
from zsr_lib.training.schedule import learning_rate


def rates(**options):
    config = TrainingConfig(learning_rate=2.0, **options)
    return [learning_rate(config, step) for step in range(config.steps)]


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
