import math

import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.losses.exponential_pairs import DECAY, exponential_pairs


def test_by_hand():
    left, right = torch.tensor([[1.0, -1.0], [10.0, 0.0]]), torch.zeros(2, 2)
    expected = (2**2 / 0.2 + 10 * math.exp(-DECAY)) / 2
    assert exponential_pairs(left, right, torch.tensor([1, 0])).item() == pytest.approx(expected)


def test_two_classes_always_push_and_less_from_afar(draw):
    def push(far):
        left = torch.tensor([[far]]).requires_grad_()
        exponential_pairs(left, torch.zeros(1, 1), torch.tensor([0])).backward()
        return -left.grad.item()

    assert push(0.1) > push(1.0) > push(50.0) > 0


def test_the_two_of_a_pair_may_be_exchanged(draw):
    left, right, same = draw(5, 3), draw(5, 3), torch.tensor([0, 1, 0, 1, 1])
    assert torch.equal(exponential_pairs(left, right, same), exponential_pairs(right, left, same))


@pytest.mark.parametrize("constants", [{"near": 0.0}, {"far": 0.0}, {"far": float("nan")}])
def test_constants_that_divide_by_nothing_are_refused(constants, draw):
    with pytest.raises(BadInputError, match=r"near|far"):
        exponential_pairs(draw(2, 3), draw(2, 3), torch.tensor([0, 1]), **constants)
