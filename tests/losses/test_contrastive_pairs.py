import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.losses.contrastive_pairs import contrastive_pairs

FAR = torch.tensor([[3.0, 4.0]]), torch.zeros(1, 2)


def test_a_pair_of_two_classes_beyond_the_margin_costs_nothing_and_teaches_nothing():
    left, right = FAR[0].clone().requires_grad_(), FAR[1]
    loss = contrastive_pairs(left, right, torch.tensor([0]), margin=5.0)
    loss.backward()
    assert loss == 0
    assert not left.grad.any()
    assert contrastive_pairs(*FAR, torch.tensor([0]), margin=7.0) == pytest.approx(2.0)
    assert contrastive_pairs(*FAR, torch.tensor([1])) == pytest.approx(12.5)


def test_the_two_of_a_pair_may_be_exchanged(draw):
    left, right, same = draw(5, 3), draw(5, 3), torch.tensor([0, 1, 0, 1, 1])
    assert torch.equal(contrastive_pairs(left, right, same), contrastive_pairs(right, left, same))


@pytest.mark.parametrize(("same", "margin"), [([1.0, 0.0], 1.0), ([1], 1.0), ([1, 7], 1.0), ([1, 0], -1.0)])
def test_what_cannot_be_is_refused(same, margin, draw):
    with pytest.raises(BadInputError):
        contrastive_pairs(draw(2, 3), draw(2, 3), torch.tensor(same), margin)
