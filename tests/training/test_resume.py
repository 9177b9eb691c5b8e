"""A run that broke and went on is the run that never broke, bit for bit."""

import multiprocessing
import time
from dataclasses import replace
from random import Random

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.training.toy import CONFIG, KINDS, LONG, RUN, Crash, Toy, same, toy_of, train_in_another_process
from zsr_lib.training.checkpoint import checkpoint_path
from zsr_lib.training.config import Run
from zsr_lib.training.reproducible import pinned
from zsr_lib.training.tensor_file import read_tensors, write_tensors

CONFIGS = {
    "adam, cosine": {},
    "adamw, accumulation": {"optimizer": "adamw", "accumulate": 3, "weight_decay": 0.1},
    "sgd": {"optimizer": "sgd", "schedule": "constant", "warmup": 0},
    "sgd without momentum": {"optimizer": "sgd", "momentum": 0.0},
    "early stopping": {"validate_every": 2, "patience": 2, "learning_rate": 0.1},
    "bf16": {"precision": "bf16"},
    "fused": {"fused": True},
}


def broken_and_resumed(config, kind, crashes, folder):
    run = Run(seed=3, progress=False, checkpoint_every=4, folder=folder)
    for crash in crashes:
        try:
            toy_of(kind, config, run, crash_at=crash).train()
        except Crash:
            continue
    toy = toy_of(kind, config, run)
    return toy.result(toy.train())


def uninterrupted(config, kind):
    toy = toy_of(kind, config, Run(seed=3, progress=False))
    return toy.result(toy.train())


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("kind", ["one module", "adversarial"])
def test_resumed_after_failures_is_the_uninterrupted_run(tmp_path, name, kind):
    config = replace(CONFIG, **CONFIGS[name])
    crashes = [number * config.accumulate for number in (2, 6, 7, 15)]
    assert same(broken_and_resumed(config, kind, crashes, tmp_path), uninterrupted(config, kind))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(sorted(KINDS)), crashes=st.lists(st.integers(0, 2 * CONFIG.steps - 1), max_size=4))
def test_any_failures_at_all(tmp_path_factory, kind, crashes):
    config = replace(CONFIG, accumulate=2)
    found = broken_and_resumed(config, kind, crashes, tmp_path_factory.mktemp("run"))
    assert same(found, uninterrupted(config, kind))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_learns_and_comes_back_from_disk(tmp_path, kind):
    toy = toy_of(kind, replace(LONG, validate_every=0))
    _, losses = toy.train().curve("maker/fit" if toy.adversarial else "total")
    third = len(losses) // 3
    assert sum(losses[-third:]) < sum(losses[:third])
    write_tensors(tmp_path / "toy", toy.nets.state_dict(), {})
    again = toy_of(kind)
    again.nets.load_state_dict(read_tensors(tmp_path / "toy")[0])
    assert torch.equal(again.nets["main"].eval()(toy.inputs), toy.nets["main"](toy.inputs))


@pytest.mark.parametrize("crash", [5, 9, 13])
def test_the_best_state_and_the_patience_survive(tmp_path, crash):
    config = replace(CONFIG, validate_every=2, patience=5)

    def trained(run, crash_at=None):
        toy = Toy(config, run, crash_at=crash_at)
        toy.validate = lambda: -abs(toy.nets["main"][1].num_batches_tracked.item() - 4)  # best after 4 steps
        return toy.result(history := toy.train()), history

    expected, history = trained(RUN)
    assert (history.best_step, history.validations[-1]["step"]) == (4, 14)
    run = replace(RUN, folder=tmp_path)
    with pytest.raises(Crash):
        trained(run, crash)
    assert same(trained(run)[0], expected)


def test_a_finished_run_is_not_trained_again(tmp_path):
    run = Run(folder=tmp_path, progress=False)
    first = Toy(run=run)
    history = first.train()
    again = Toy(run=run, crash_at=0)  # the batches would fail if they were asked
    assert same(again.result(again.train()), first.result(history))


MOMENTS = [(kind, 3) for kind in ("adversarial", "turns", "codes", "pretext")]


@pytest.mark.parametrize(("kind", "times"), [*MOMENTS, pytest.param("adversarial", 50, marks=pytest.mark.long)])
def test_killed_at_random_moments(tmp_path, kind, times):
    config = replace(LONG, steps=50 * times)
    with pinned(1):
        whole = toy_of(kind, config, Run(progress=False))
        expected = whole.result(whole.train())
    context = multiprocessing.get_context("forkserver")  # imports once (optimisers need dynamo), then starts are quick
    context.set_forkserver_preload(["tests.training.toy", "torch._dynamo"])
    random, checkpoint, result = Random(2), checkpoint_path(tmp_path), tmp_path / "result"
    kills = 0
    while not result.exists():
        before = checkpoint.stat().st_ino if checkpoint.exists() else None
        arguments = (kind, str(tmp_path), str(result), config.steps)
        process = context.Process(target=train_in_another_process, args=arguments)
        process.start()
        if kills < times:
            while process.is_alive() and (not checkpoint.exists() or checkpoint.stat().st_ino == before):
                time.sleep(0.001)
            process.join(random.uniform(0, 0.05))
            kills += process.is_alive()
            process.kill()
        process.join()
        assert kills or result.exists(), "the run fails by itself"
    assert kills >= 0.6 * times
    assert same(read_tensors(result)[0], expected)


def test_the_seed_decides_and_the_callers_random_numbers_do_not(tmp_path):
    def trained(seed, before):
        torch.manual_seed(before)
        toy = Toy(run=Run(seed=seed, progress=False))
        return toy.result(toy.train())

    assert same(trained(1, before=10), trained(1, before=20))
    assert not same(trained(1, before=10), trained(2, before=10))
