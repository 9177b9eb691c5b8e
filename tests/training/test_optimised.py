import pytest
import torch
from torch import nn

from tests.training.toy import one, quadratic
from zsr_lib.errors import ZsrError
from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.loop import train
from zsr_lib.training.optimised import Optimised

QUIET = Run(progress=False)


def test_clipping_by_hand():
    net, losses = quadratic(4.0)
    config = TrainingConfig(steps=1, optimizer="sgd", momentum=0.0, learning_rate=0.25, clip=2.0)
    train(net, one, losses, config, QUIET)
    assert net.weight.item() == pytest.approx(4 - 0.25 * 2, abs=1e-5)  # the gradient is 6


def test_total_is_minimised_where_there_is_one():
    net, _ = quadratic(4.0)
    losses = lambda batch: {"noted": net.weight.sum() * 100, "total": (net.weight - batch).square().sum()}  # noqa: E731
    train(net, one, losses, TrainingConfig(steps=300, learning_rate=0.05), QUIET)
    assert net.weight.item() == pytest.approx(1.0, abs=0.02)


def test_accumulation_equals_one_large_batch():
    data = torch.randn(64, 3, generator=torch.Generator().manual_seed(0))

    def trained(batch, accumulate):
        net = nn.Linear(3, 1)
        nn.init.constant_(net.weight, 0.5)
        nn.init.constant_(net.bias, 0.0)

        def batches(number):
            return data[(number * batch) % 64 :][:batch]

        config = TrainingConfig(steps=10, accumulate=accumulate, learning_rate=0.05)
        history = train(net, batches, lambda rows: {"l": (net(rows) - 1).square().mean()}, config, QUIET)
        return net.weight.detach(), history.curve("l")[1]

    for large, small in zip(trained(32, 1), trained(8, 4), strict=True):
        torch.testing.assert_close(torch.as_tensor(large), torch.as_tensor(small))


def test_parts_move_only_their_own_parameters():
    maker, critic = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    nn.init.constant_(maker.weight, 3.0)
    nn.init.constant_(critic.weight, 2.0)
    product = lambda sign: lambda batch: {"l": sign * maker.weight.sum() * critic.weight.sum()}  # noqa: E731
    parts = {
        "maker": Optimised(maker, product(1)),
        "critic": Optimised(critic, product(-1), TrainingConfig(optimizer="sgd", momentum=0.0, learning_rate=0.5)),
    }
    config = TrainingConfig(steps=1, optimizer="sgd", momentum=0.0, learning_rate=0.25)
    history = train(parts, one, config=config, run=QUIET)
    assert maker.weight.item() == 3 - 0.25 * 2
    assert critic.weight.item() == 2 + 0.5 * 2.5  # it steps second and sees the maker moved
    assert history.steps == [
        {"step": 1, "maker/l": 6.0, "maker/total": 6.0, "critic/l": -5.0, "critic/total": -5.0, "total": 1.0}
        | {"learning_rate": 0.25}
    ]


def test_rates_are_factors_by_start_of_name():
    net = nn.ModuleDict({"backbone": nn.Linear(1, 1), "head": nn.Linear(1, 1)})
    for value in net.parameters():
        nn.init.zeros_(value)
    part = Optimised(
        net,
        lambda batch: {"l": sum(value.sum() for value in net.parameters())},
        rates={"backbone.": 0.5, "backbone.bias": 0.0},
    )
    train({"": part}, one, config=TrainingConfig(steps=1, optimizer="sgd", momentum=0.0, learning_rate=1.0), run=QUIET)
    assert [value.item() for value in net.parameters()] == [-0.5, 0.0, -1.0, -1.0]


def test_bf16_computes_in_bf16_and_keeps_float32_weights():
    net, kinds = nn.Linear(4, 4), []

    def losses(batch):
        made = net(batch)
        kinds.append(made.dtype)
        return {"l": made.float().square().mean()}

    for precision in ("auto", "float32", "bf16"):
        train(net, lambda n: torch.ones(2, 4), losses, TrainingConfig(steps=1, precision=precision), QUIET)
    assert kinds == [torch.float32, torch.float32, torch.bfloat16]
    assert net.weight.dtype == torch.float32


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (lambda net, losses: {"parts": net}, "a module and its losses"),
        (lambda net, losses: {"parts": {}}, "a module and its losses"),
        (lambda net, losses: {"parts": {"a/b": Optimised(net, losses)}}, "a/b"),
        (lambda net, losses: {"parts": net, "losses": lambda batch: {}}, "no term"),
        (lambda net, losses: {"parts": net, "losses": lambda batch: {"x": net.weight[0]}}, r"shape \(1,\)"),
        (lambda net, losses: {"parts": net, "losses": lambda batch: {"x": torch.ones(())}}, "no trainable"),
        (lambda net, losses: {"parts": net.requires_grad_(False), "losses": losses}, "no trainable"),
        (lambda net, losses: {"parts": net, "losses": losses, "run": Run(device="tpu9")}, "device 'tpu9'"),
        (lambda net, losses: {"parts": {"a": Optimised(net, losses, rates={"wieght": 1.0})}}, "wieght"),
    ],
)
def test_what_cannot_be_trained_is_refused(arguments, says):
    with pytest.raises(ZsrError, match=says):
        train(**{"batches": one, "run": QUIET} | arguments(*quadratic()))


def test_turns_are_counted_and_repeated():
    calls = []

    def part(name, **turns):
        net = nn.Linear(1, 1, bias=False)

        def losses(batch, step):
            calls.append((name, step, batch))
            return {"l": net.weight.sum()}

        config = TrainingConfig(optimizer="sgd", momentum=0.0, learning_rate=1.0, **turns)
        return net, net.weight.item(), Optimised(net, losses, config)

    (critic, before, first), (maker, start, second) = part("critic", step_repeat=2), part("maker", step_every=3)
    history = train(
        {"critic": first, "maker": second}, lambda number: 10 * number, config=TrainingConfig(steps=7), run=QUIET
    )
    expected = [(name, step, 10 * step) for step in range(7) for name in ["critic"] * 2 + ["maker"] * (step in (2, 5))]
    assert calls == expected
    assert critic.weight.item() == pytest.approx(before - 14)
    assert maker.weight.item() == pytest.approx(start - 2)
    assert history.curve("maker/l")[0] == [3, 6]
    assert history.curve("total")[0] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("options", "theirs"),
    [
        ({"optimizer": "adam", "betas": (0.5, 0.9)}, lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.5, 0.9))),
        ({"optimizer": "rmsprop"}, lambda p: torch.optim.RMSprop(p, lr=0.1)),
    ],
)
def test_optimisers_are_those_of_torch(options, theirs):
    net, losses = quadratic(4.0)
    train(net, one, losses, TrainingConfig(steps=5, learning_rate=0.1, **options), QUIET)
    plain, losses = quadratic(4.0)
    optimizer = theirs(plain.parameters())
    for _ in range(5):
        optimizer.zero_grad()
        losses(torch.ones(1))["square"].backward()
        optimizer.step()
    assert net.weight.item() == plain.weight.item()
