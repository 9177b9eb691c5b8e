import pytest
import torch

from zsr_lib.losses.quantisation import quantisation


def test_signs_themselves_cost_nothing_whatever_they_are(draw):
    codes = draw(6, 4)
    assert quantisation(codes.sign()) == 0
    assert quantisation(-codes).item() == pytest.approx(quantisation(codes).item())


def test_descending_leads_to_the_signs(draw):
    codes = draw(6, 4).detach()
    signs = codes.sign()
    for _ in range(200):
        codes = codes.requires_grad_()
        (gradient,) = torch.autograd.grad(quantisation(codes), codes)
        codes = (codes - 0.3 * gradient).detach()
    assert (codes - signs).abs().max() < 1e-3
