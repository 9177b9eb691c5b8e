import torch

from zsr_lib.losses.cycle import cycle


def test_a_full_circle_costs_nothing_and_the_size_of_the_code_does_not_count(draw):
    start = draw(5, 3).detach()
    assert cycle(start, start) == 0
    assert cycle(start + 0.25, start).item() == cycle(start.repeat(1, 2) + 0.25, start.repeat(1, 2)).item()
    assert torch.equal(cycle(start, 2 * start), cycle(2 * start, start))
