import pytest
import torch

from zsr_lib.losses.orthogonality import soft_orthogonality


def test_columns_of_a_rotation_are_orthogonal(draw):
    rotation = torch.linalg.qr(draw(8, 8))[0]
    assert soft_orthogonality(8**0.5 * rotation).item() == pytest.approx(0, abs=1e-20)


def test_its_columns_may_change_places_and_signs_and_its_rows_may_turn(draw):
    features = draw(6, 4)
    value, rotation = soft_orthogonality(features).item(), torch.linalg.qr(draw(6, 6))[0]
    for same in (features[:, [2, 0, 3, 1]], features * torch.tensor([1, -1, -1, 1]), rotation @ features):
        assert soft_orthogonality(same).item() == pytest.approx(value)


def test_fewer_rows_than_features_cannot_be_orthogonal(draw):
    """A product of rank N misses at least D − N of the D ones."""
    assert soft_orthogonality(2**0.5 * torch.linalg.qr(draw(5, 5))[0][:2]).item() == pytest.approx(3)


def test_descending_makes_features_orthogonal(draw):
    features = draw(20, 3).detach()
    for _ in range(300):
        features = features.requires_grad_()
        (gradient,) = torch.autograd.grad(soft_orthogonality(features), features)
        features = (features - gradient).detach()
    assert (features.T @ features / 20 - torch.eye(3)).abs().max() < 1e-3
