import pytest
import torch

from tests.models.zssbir.common import fitted
from tests.models.zssbir.test_cvae import SMALL, FakeBatch

ONE_STEP = {"steps": 1, "learning_rate": 1e-12}


@pytest.fixture(scope="module")
def method():
    return fitted("caae", training=ONE_STEP, **SMALL)[0]


def batch():
    draw = torch.Generator().manual_seed(0)
    return FakeBatch(**{name: torch.rand(5, 64, generator=draw, dtype=torch.float64) for name in ("photo", "sketch")})


def test_both_players_step_and_say_what_they_pay():
    _, history = fitted("caae", training={"steps": 2}, **SMALL)
    assert set(history.steps[0]) >= {"coder/photo", "coder/sketch", "coder/deceiving", "critic/real", "critic/made"}


def test_the_critic_wants_1_of_normal_codes_and_0_of_made_ones_and_the_coder_1_of_its_own(method):
    net, both = method.net, batch()
    torch.manual_seed(5)
    terms = method.critic_loss(both)
    torch.manual_seed(5)
    made = net.latent(both["photo"], both["sketch"])
    real = torch.randn_like(made)
    assert terms["real"].item() == pytest.approx((net.critic(real) - 1).square().mean().item())
    assert terms["made"].item() == pytest.approx(net.critic(made).square().mean().item())
    assert method.loss(both)["deceiving"].item() == pytest.approx((net.critic(made) - 1).square().mean().item())


def test_the_critic_does_not_teach_the_coder(method):
    method.net.zero_grad()
    sum(method.critic_loss(batch()).values()).backward()
    assert all(each.grad is None for each in method.net.encoder.parameters())
    assert all(each.grad is not None for each in method.net.critic.parameters())


def test_where_the_coder_follows_its_term_the_critic_takes_codes_for_more_normal(method):
    net, both = method.net, batch()
    net.zero_grad()
    before = method.loss(both)["deceiving"]
    before.backward()
    with torch.no_grad():
        for each in net.encoder.parameters():
            each -= 1e-4 * each.grad
    assert method.loss(both)["deceiving"] < before
