import math
import os
import signal
import threading

import numpy as np
import pytest
import torch
from torch import nn

from zsr_lib.training.reproducible import (
    deferred_interrupt,
    initial_weights,
    pinned,
    random_numbers,
    random_states,
    restore_random_states,
    seed_of,
)

CPU = torch.device("cpu")


def drawn(text):
    with random_numbers(text, CPU):
        return torch.rand(4)


def test_numbers_follow_from_the_text():
    assert torch.equal(drawn("a 1"), drawn("a 1"))
    assert not torch.equal(drawn("a 1"), drawn("a 2"))
    assert len({seed_of(f"seed {number}") for number in range(100)}) == 100


def test_the_former_numbers_go_on():
    torch.manual_seed(0)
    expected = torch.rand(2)
    torch.manual_seed(0)
    drawn("x")
    assert torch.equal(torch.rand(2), expected)


def test_states_come_back():
    states = random_states(CPU)
    first = torch.rand(3)
    restore_random_states(states, CPU)
    assert torch.equal(torch.rand(3), first)


def state():
    return torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()


def test_the_number_holds_inside_and_is_given_back():
    before = state()
    with pinned(3) as count:
        assert count == 3
        assert state() == (3, True)
    assert state() == before


def test_the_setting_is_the_default(monkeypatch):
    monkeypatch.setenv("ZSR_THREADS", "4")
    with pinned():
        assert torch.get_num_threads() == 4


def test_given_back_after_a_failure():
    before = state()
    with pytest.raises(RuntimeError), pinned(3):
        raise RuntimeError
    assert state() == before


def press():
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_is_noted_the_second_interrupts():
    with deferred_interrupt() as interrupt:
        assert not interrupt.asked
        press()
        assert interrupt.asked
        with pytest.raises(KeyboardInterrupt):
            press()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_afterwards_ctrl_c_is_what_it_was():
    with deferred_interrupt():
        pass
    with pytest.raises(KeyboardInterrupt):
        press()


def test_another_handler_is_left_alone():
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append(1))
    try:
        with deferred_interrupt() as interrupt:
            press()
    finally:
        signal.signal(signal.SIGINT, before)
    assert (heard, interrupt.asked) == ([1], False)


def test_other_threads_can_train():
    results = []

    def work():
        with deferred_interrupt() as interrupt:
            results.append(interrupt.asked)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert results == [False]


def test_initial_weights_are_scaled_in_two_roundings_and_the_former_numbers_go_on():
    """Bit for bit what NumPy makes of the same multiples of 2⁻²⁴; with one rounding a third of them differ."""
    torch.manual_seed(7)
    uniform = [torch.rand(300, 1280).numpy(), torch.rand(300).numpy()]
    torch.manual_seed(0)
    expected = torch.rand(2)
    torch.manual_seed(0)
    with initial_weights(7):
        layer = nn.Linear(1280, 300)
    assert torch.equal(torch.rand(2), expected)
    bound = 1 / math.sqrt(1280)
    for drawn, found in zip(uniform, (layer.weight, layer.bias), strict=True):
        assert np.array_equal(drawn * np.float32(2 * bound) - np.float32(bound), found.detach().numpy())


def test_glorots_rule_has_two_roundings_too_and_a_layer_is_told_its_range():
    with initial_weights(7):
        weights = torch.empty(100, 200)
        nn.init.xavier_uniform_(weights)
        shifted = torch.empty(10_000).uniform_(2, 5)
    torch.manual_seed(7)
    bound = math.sqrt(6 / 300)
    assert torch.equal(weights, torch.rand(100, 200) * (2 * bound) - bound)
    assert 2 <= shifted.min() < 2.01 < 4.99 < shifted.max() <= 5
