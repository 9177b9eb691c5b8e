import pytest
import torch

from zsr_lib.losses.adversarial import least_squares_adversarial


def test_the_best_discriminator_says_how_likely_an_item_is_real():
    """At a point with real items in 3 of 4 cases, no score is better than 3/4 (Mao et al., equation 11)."""
    targets = torch.tensor([[1.0], [1.0], [1.0], [0.0]], dtype=torch.float64)
    scores = [each / 100 for each in range(101)]
    losses = {each: least_squares_adversarial(torch.full_like(targets, each), targets) for each in scores}
    assert min(losses, key=losses.get) == pytest.approx(0.75)


def test_signs_of_scores_and_targets_change_nothing_together(draw):
    scores, targets = draw(6, 1), draw(6, 1)
    both = least_squares_adversarial(scores, targets)
    assert torch.equal(both, least_squares_adversarial(-scores, -targets))
    assert torch.equal(both, least_squares_adversarial(targets, scores))
