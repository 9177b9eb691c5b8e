import pytest
import torch

from tests.losses import naive
from zsr_lib.errors import BadInputError
from zsr_lib.losses.hinges import multiclass_hinge, squared_hinge


def test_squared_hinge_is_its_formula_with_its_gradient(draw):
    scores, match = draw(6, 4), torch.tensor([1, 0, 0, 1])
    value = squared_hinge(scores, match)
    assert value.item() == pytest.approx(naive.squared_hinge(scores.tolist(), match.tolist()))
    assert torch.autograd.gradcheck(lambda x: squared_hinge(x, match), [scores])
    order = torch.tensor([2, 0, 3, 1])
    assert squared_hinge(scores[:, order], match[order]).item() == pytest.approx(value.item())
    assert squared_hinge(scores.half(), match).dtype == torch.float32


def test_beyond_the_margin_hinges_rest():
    assert multiclass_hinge(torch.tensor([[3.0, 1.0, 0.0]]), torch.tensor([0])) == 0
    assert squared_hinge(torch.tensor([[1.0, -1.0]]), torch.tensor([1, 0])) == 0


def test_only_the_strongest_rival_is_pushed(draw):
    scores = torch.tensor([[0.0, 2.0, 1.9]], requires_grad=True)
    multiclass_hinge(scores, torch.tensor([0])).backward()
    assert scores.grad.tolist() == [[-1.0, 1.0, 0.0]]


def test_classes_may_change_places(draw):
    scores, labels, order = draw(6, 4), torch.tensor([0, 1, 2, 3, 0, 1]), torch.tensor([3, 1, 0, 2])
    moved = multiclass_hinge(scores[:, order], order.argsort()[labels])
    assert moved.item() == pytest.approx(multiclass_hinge(scores, labels).item())


def test_what_does_not_fit_is_refused(draw):
    with pytest.raises(BadInputError, match="match"):
        squared_hinge(draw(6, 4), torch.tensor([1, 0]))
    with pytest.raises(BadInputError, match="margin"):
        multiclass_hinge(draw(6, 4), torch.tensor([0] * 6), margin=-1.0)
    for labels in ([0], [0, 1, 2, 3, 4, 0]):
        with pytest.raises(BadInputError, match="labels"):
            multiclass_hinge(draw(6, 4), torch.tensor(labels))
    with pytest.raises(BadInputError, match="one class"):
        multiclass_hinge(draw(6, 1), torch.tensor([0] * 6))
