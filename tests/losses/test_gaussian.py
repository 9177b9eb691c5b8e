import pytest
import torch
from torch.distributions import Normal, kl_divergence

from zsr_lib.losses.gaussian import gaussian_divergence


def test_it_is_the_divergence_of_two_normal_distributions(draw):
    mean, log_variance = draw(5, 3), draw(5, 3)
    expected = kl_divergence(Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0)).sum(dim=1).mean()
    assert gaussian_divergence(mean, log_variance).item() == pytest.approx(expected.item(), rel=1e-12)


def test_it_is_what_an_integral_over_all_codes_says():
    mean, log_variance = torch.tensor([[0.7]], dtype=torch.float64), torch.tensor([[-0.4]], dtype=torch.float64)
    codes = torch.linspace(-12, 12, 200_001, dtype=torch.float64)
    log_q = Normal(mean, (log_variance / 2).exp()).log_prob(codes)[0]
    log_p = Normal(torch.zeros(1, dtype=torch.float64), 1.0).log_prob(codes)
    integral = torch.trapezoid(log_q.exp() * (log_q - log_p), codes)
    assert gaussian_divergence(mean, log_variance).item() == pytest.approx(integral.item(), rel=1e-8)


def test_only_the_standard_normal_distribution_is_free(draw):
    zeros = torch.zeros(4, 3, dtype=torch.float64)
    assert gaussian_divergence(zeros, zeros).item() == 0
    assert gaussian_divergence(draw(4, 3), zeros) > 0
    assert gaussian_divergence(zeros, draw(4, 3)) > 0
