import torch

from zsr_lib.training.randomness import random_numbers, random_states, restore_random_states, seed_of

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
