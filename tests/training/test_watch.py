import pytest
import torch
from torch import nn

from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.loop import train
from zsr_lib.training.optimised import Optimised
from zsr_lib.training.watch import TrainingError


def net_and_weights():
    net = nn.Linear(2, 1)
    return net, {name: value.detach().clone() for name, value in net.state_dict().items()}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_bad_term_is_named_with_its_step(value):
    net, _ = net_and_weights()

    def losses(number):
        good = net.weight.sum()
        return {"good": good, "bad": good * (value if number == 4 else 1)}

    with pytest.raises(TrainingError, match=r"loss term 'bad' is -?(nan|inf) at step 5") as caught:
        train(net, lambda number: number, losses, TrainingConfig(steps=9), Run(progress=False))
    assert "learning_rate" in caught.value.remedy


def test_a_bad_total_of_good_terms_is_named_total():
    net, _ = net_and_weights()
    losses = lambda batch: {"a": net.weight.sum(), "total": net.weight.sum() * float("inf")}  # noqa: E731
    with pytest.raises(TrainingError, match="'total'"):
        train(net, lambda number: number, losses, TrainingConfig(), Run(progress=False))


def test_a_bad_gradient_is_named_and_the_weights_have_not_moved():
    net, before = net_and_weights()

    def losses(batch):  # at 0 the root is finite and its slope is not
        return {"root": net.weight.sum() + (net.bias * 0).abs().sqrt().sum()}

    with pytest.raises(TrainingError, match="gradient of 'bias' is not finite at step 1"):
        train(net, lambda number: number, losses, TrainingConfig(), Run(progress=False))
    assert all(torch.equal(net.state_dict()[name], value) for name, value in before.items())


def test_a_gradient_too_long_for_its_norm_is_reported():
    net, _ = net_and_weights()
    losses = lambda batch: {"steep": (net.weight * 1e30).sum()}  # noqa: E731
    with pytest.raises(TrainingError, match="the norm of the gradient"):
        train(net, lambda number: number, losses, TrainingConfig(), Run(progress=False))


def test_a_bad_validation_score_is_reported():
    net, _ = net_and_weights()
    config = TrainingConfig(steps=9, validate_every=3)
    losses = lambda batch: {"sum": net.weight.sum()}  # noqa: E731
    with pytest.raises(TrainingError, match="score is nan after step 3"):
        train(net, lambda number: number, losses, config, Run(progress=False), lambda: float("nan"))


def test_the_part_is_named_too():
    net, _ = net_and_weights()
    parts = {"maker": Optimised(net, lambda batch: {"bad": net.weight.sum() * float("nan")})}
    with pytest.raises(TrainingError, match="'maker/bad'"):
        train(parts, lambda number: number, run=Run(progress=False))
