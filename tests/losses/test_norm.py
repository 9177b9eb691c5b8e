import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.losses.norm import code_norm, norm_regulariser

FIVE = torch.tensor([[3.0, 0.0], [0.0, 4.0]])


@pytest.mark.parametrize(("target", "expected"), [(0.0, 5.0), (1.0, 4.0), (5.0, 0.0), (7.0, 2.0)])
def test_distance_of_the_norm_from_its_target(target, expected):
    assert norm_regulariser([FIVE], target) == expected
    assert norm_regulariser([FIVE, FIVE], target) == 2 * expected


def test_a_rotation_or_another_shape_has_the_same_norm(draw):
    weight = draw(4, 4)
    rotation = torch.linalg.qr(draw(4, 4))[0]
    value = norm_regulariser([weight]).item()
    assert norm_regulariser([rotation @ weight]).item() == pytest.approx(value)
    assert norm_regulariser([weight.reshape(2, 2, 4)]).item() == pytest.approx(value)
    assert norm_regulariser([weight.reshape(16)]).item() == pytest.approx(value)


def test_descending_leads_to_the_target():
    weight = (3 * FIVE).requires_grad_()
    for _ in range(200):
        (gradient,) = torch.autograd.grad(norm_regulariser([weight]), weight)
        with torch.no_grad():
            weight -= 0.1 * gradient
    assert torch.linalg.vector_norm(weight).item() == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("scale", [0.0, 0.2])
def test_no_gradient_at_zero_and_at_the_target(scale):
    weight = (scale * FIVE).requires_grad_()
    norm_regulariser([weight]).backward()
    assert weight.grad.abs().max() == 0


def test_codes_by_hand():
    assert code_norm(torch.tensor([[3.0, 4.0], [0.0, 1.0]]), torch.full((2, 2), 2.0)) == 13 + 8


@pytest.mark.parametrize("weights", [[], FIVE, [FIVE.long()], [torch.zeros(0)], [None]])
def test_what_is_no_list_of_weights(weights):
    with pytest.raises(BadInputError, match="weight"):
        norm_regulariser(weights)


def test_a_norm_is_not_negative():
    with pytest.raises(BadInputError, match="target is -1"):
        norm_regulariser([FIVE], -1)
