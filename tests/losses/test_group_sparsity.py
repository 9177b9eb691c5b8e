import pytest
import torch

from zsr_lib.losses.group_sparsity import l21


def test_one_column_costs_its_length_and_a_rotation_of_outputs_changes_nothing(draw):
    weights = draw(4, 5)
    rotation, _ = torch.linalg.qr(draw(4, 4))
    assert l21(weights[:, :1]).item() == pytest.approx(weights[:, 0].norm().item(), rel=1e-12)
    assert l21(rotation @ weights).item() == pytest.approx(l21(weights).item(), rel=1e-12)


def test_of_equally_good_weights_those_with_fewer_inputs_are_cheaper():
    both, one, inputs = torch.eye(2), torch.tensor([[1.0, 0.0], [1.0, 0.0]]), torch.ones(2)
    assert torch.equal(both @ inputs, one @ inputs)
    assert both.norm() == one.norm()  # a square would not tell them apart
    assert l21(one) < l21(both)


def test_descending_on_it_empties_whole_columns():
    """What least squares needs only one of two inputs for, is left without the other."""
    dice = torch.Generator().manual_seed(0)
    inputs = torch.randn(200, 2, generator=dice, dtype=torch.float64)
    wanted = torch.stack([inputs[:, 0], 2 * inputs[:, 0]], dim=1)
    weights = torch.full((2, 2), 0.5, dtype=torch.float64, requires_grad=True)
    for _ in range(400):
        loss = (inputs @ weights.T - wanted).square().sum(dim=1).mean() + 0.5 * l21(weights)
        (gradient,) = torch.autograd.grad(loss, weights)
        with torch.no_grad():
            weights -= 0.01 * gradient
    lengths = weights.norm(dim=0)
    assert lengths[1] < 0.02
    assert lengths[0] > 1
