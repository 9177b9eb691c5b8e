import math

import numpy as np
import torch
from torch import nn

from zsr_lib.training.randomness import (
    initial_weights,
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


def test_states_come_back():
    states = random_states(CPU)
    first = torch.rand(3)
    restore_random_states(states, CPU)
    assert torch.equal(torch.rand(3), first)
