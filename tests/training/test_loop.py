import os
import signal
from dataclasses import replace

import pytest
import torch
from torch import nn

from tests.training.toy import CONFIG, RUN, Toy, one, quadratic, same
from zsr_lib.training.checkpoint import checkpoint_path
from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.loop import ROWS, train
from zsr_lib.training.sampling import Shuffled

QUIET = Run(progress=False)


def test_gradient_descent_by_hand():
    net, losses = quadratic(4.0)
    config = TrainingConfig(steps=2, optimizer="sgd", momentum=0.0, learning_rate=0.25)
    history = train(net, one, losses, config, QUIET)
    # w ← w − 0.25 · 2 (w − 1): 4 → 2.5 → 1.75
    assert net.weight.item() == 1.75
    assert history.steps == [
        {"step": 1, "square": 9.0, "total": 9.0, "learning_rate": 0.25},
        {"step": 2, "square": 2.25, "total": 2.25, "learning_rate": 0.25},
    ]


def test_the_same_steps_as_a_plain_loop():
    toy, plain = Toy(replace(CONFIG, clip=None, warmup=0, schedule="constant", validate_every=0)), Toy()
    plain.nets["main"][2].p = toy.nets["main"][2].p = 0.0
    toy.train()
    optimizer, sampler = torch.optim.Adam(plain.nets["main"].parameters(), lr=0.01), Shuffled(80, 16, 0)
    for number in range(24):
        optimizer.zero_grad()
        sum(plain.losses(sampler(number)).values()).backward()
        optimizer.step()
    for name, value in plain.nets.state_dict().items():
        torch.testing.assert_close(toy.nets.state_dict()[name], value)


def test_batches_are_asked_for_by_number_once():
    net, losses = quadratic()
    asked = []
    train(net, lambda number: asked.append(number) or 1.0, losses, TrainingConfig(steps=3, accumulate=2), QUIET)
    assert asked == [0, 1, 2, 3, 4, 5]


def test_the_best_state_is_kept():
    net, losses = quadratic(4.0)
    scores = iter([0.1, 0.9, 0.5, 0.9])
    seen = []

    def validate():
        assert not net.training
        assert not torch.is_grad_enabled()
        seen.append(net.weight.item())
        return next(scores)

    history = train(net, one, losses, TrainingConfig(steps=8, validate_every=2), QUIET, validate)
    assert (history.best_step, history.curve("score")) == (4, ([2, 4, 6, 8], [0.1, 0.9, 0.5, 0.9]))
    assert net.weight.item() == seen[1]
    assert not net.training


def test_patience_counts_validations():
    net, losses = quadratic()
    scores = iter([0.5, 0.6, 0.4, 0.6, 0.9])
    config = TrainingConfig(steps=100, validate_every=3, patience=2)
    history = train(net, one, losses, config, QUIET, lambda: next(scores))
    assert [row["step"] for row in history.validations] == [3, 6, 9, 12]
    assert history.best_step == 6


def test_the_last_step_is_validated():
    net, losses = quadratic()
    history = train(net, one, losses, TrainingConfig(steps=5, validate_every=3), QUIET, lambda: 0.0)
    assert [row["step"] for row in history.validations] == [3, 5]


def test_validation_does_not_disturb_training():
    with_validation, without = Toy(replace(CONFIG, validate_every=1)), Toy(replace(CONFIG, validate_every=0))
    assert with_validation.train().curve("total") == without.train().curve("total")


def test_submodules_keep_their_mode_over_a_validation():
    class Frozen(nn.BatchNorm1d):
        def train(self, mode=True):
            return super().train(False)

    norm = Frozen(3)
    net = nn.Sequential(nn.Linear(3, 3), norm, nn.Dropout(0.5))
    modes = []

    def losses(batch):
        modes.append([module.training for module in net])
        return {"l": net(batch).square().mean()}

    train(net, lambda n: torch.ones(4, 3), losses, TrainingConfig(steps=3, validate_every=1), QUIET, lambda: 0.0)
    assert modes == [[True, False, True]] * 3
    assert torch.equal(norm.running_mean, torch.zeros(3))


@pytest.mark.parametrize(("steps", "rows"), [(1, 1), (ROWS, ROWS), (ROWS + 1, 251), (2 * ROWS - 1, ROWS)])
def test_long_histories_are_thinned(steps, rows):
    net, losses = quadratic()
    logged = train(net, one, losses, TrainingConfig(steps=steps), QUIET).curve("total")[0]
    assert len(logged) == rows
    assert logged[-1] == steps


def test_the_callers_random_numbers_go_on():
    torch.manual_seed(4)
    expected = torch.rand(3)
    torch.manual_seed(4)
    Toy().train()
    assert torch.equal(torch.rand(3), expected)


def test_ctrl_c_ends_the_step_writes_a_checkpoint_and_interrupts(tmp_path):
    whole = Toy()
    expected = whole.result(whole.train())
    run = replace(RUN, folder=tmp_path, checkpoint_every=1000)
    toy = Toy(run=run)
    plain = toy.losses

    def losses(rows):
        terms = plain(rows)
        if toy.nets["main"][1].num_batches_tracked == 7:
            os.kill(os.getpid(), signal.SIGINT)
        return terms

    toy.losses = losses
    with pytest.raises(KeyboardInterrupt):
        toy.train()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert checkpoint_path(tmp_path).exists()
    resumed = Toy(run=run, crash_at=6)  # seven steps are done: the batches 0 to 6
    assert same(resumed.result(resumed.train()), expected)


def test_updates_come_before_their_steps_without_gradients():
    net, losses = quadratic()
    heard = []

    def update(step):
        assert not torch.is_grad_enabled()
        assert not net.training
        heard.append((step, net.weight.item()))
        net.weight.fill_(float(step))

    config = TrainingConfig(steps=5, optimizer="sgd", momentum=0.0, learning_rate=0.25, update_every=2)
    train(net, one, losses, config, QUIET, update=update)
    # w ← w − 0.25 · 2 (w − 1) = (w + 1) / 2, twice after each update
    assert heard == [(0, 4.0), (2, 0.75), (4, 1.25)]
    assert net.weight.item() == 2.5
