import pytest
import torch
from torch.nn import functional

from zsr_lib.losses.latent import cross_modal_latent, latent, legacy_latent


def test_by_hand():
    """Distances 5 and 0 from the origin: (25 + 0) / 2 for photos, nothing for sketches."""
    photo, origin = torch.tensor([[3.0, 4.0], [0.0, 0.0]]), torch.zeros(2, 2)
    assert cross_modal_latent(photo, origin, origin) == 12.5
    assert legacy_latent(photo, origin) == 5


def test_is_the_mean_squared_error_times_the_code_size(draw):
    codes, targets = draw(5, 7), draw(5, 7)
    assert latent(codes, targets).item() == pytest.approx(7 * functional.mse_loss(codes, targets).item())


def test_modalities_may_be_exchanged(draw):
    photo, sketch, semantics = draw(5, 3), draw(5, 3), draw(5, 3)
    assert torch.equal(cross_modal_latent(photo, sketch, semantics), cross_modal_latent(sketch, photo, semantics))
    assert torch.equal(legacy_latent(photo, sketch), legacy_latent(sketch, photo))


def test_repeating_the_batch_changes_the_legacy_sum_only(draw):
    photo, sketch, semantics = draw(5, 3), draw(5, 3), draw(5, 3)
    twice = [torch.cat([each, each]) for each in (photo, sketch, semantics)]
    assert cross_modal_latent(*twice).item() == pytest.approx(cross_modal_latent(photo, sketch, semantics).item())
    assert legacy_latent(*twice[:2]).item() == pytest.approx(2**0.5 * legacy_latent(photo, sketch).item())


def test_targets_learn_unless_detached(draw):
    photo, sketch, semantics = draw(5, 3), draw(5, 3), draw(5, 3)
    cross_modal_latent(photo, sketch, semantics.detach()).backward()
    assert semantics.grad is None
    cross_modal_latent(photo, sketch, semantics).backward()
    torch.testing.assert_close(semantics.grad, 2 * (2 * semantics - photo - sketch).detach() / 5)
