import numpy as np
import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.models.zsl.simplex import mixtures, onto_simplex


def draw(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def grid(steps=60):
    """All points of the simplex of three numbers at steps of 1 / `steps`."""
    points = [(i, j, steps - i - j) for i in range(steps + 1) for j in range(steps + 1 - i)]
    return torch.tensor(points, dtype=torch.float64) / steps


def test_the_nearest_point_is_the_nearest_of_a_grid():
    points, candidates = 1.5 * draw(20, 3), grid()
    nearest = onto_simplex(points)
    torch.testing.assert_close(nearest.sum(dim=1), torch.ones(20, dtype=torch.float64))
    assert nearest.min() >= 0
    own, best = (nearest - points).norm(dim=1), torch.cdist(points, candidates).min(dim=1).values
    assert (own <= best + 1e-12).all()
    assert (best - own).max() < 0.02


def test_what_lies_on_the_simplex_stays_and_a_common_shift_does_not_matter():
    inside = grid(7)
    torch.testing.assert_close(onto_simplex(inside), inside)
    torch.testing.assert_close(onto_simplex(draw(5, 4) + 3.0), onto_simplex(draw(5, 4)))


@pytest.mark.parametrize("ridge", [0.01, 0.1, 2.0])
def test_mixtures_meet_the_conditions_of_the_optimum(ridge):
    """The gradient is the same where a share is above 0, and not smaller where it is 0 (Karush, Kuhn and Tucker)."""
    of, vectors = draw(9, 5), draw(6, 5, seed=1)
    found = mixtures(vectors, of, ridge)
    gradient = (found @ of - vectors) @ of.T + ridge * found
    lowest = gradient.min(dim=1, keepdim=True).values
    assert torch.where(found > 1e-9, gradient - lowest, 0.0).abs().max() < 1e-9
    torch.testing.assert_close(found.sum(dim=1), torch.ones(6, dtype=torch.float64))


def test_a_small_case_is_what_a_grid_finds():
    of, vector = draw(3, 2), draw(1, 2, seed=2)
    candidates = grid()
    values = 0.5 * (candidates @ of - vector).square().sum(dim=1) + 0.05 * candidates.square().sum(dim=1)
    found = mixtures(vector, of, 0.1)
    value = 0.5 * (found @ of - vector).square().sum() + 0.05 * found.square().sum()
    assert value <= values.min() + 1e-12
    np.testing.assert_allclose(found[0], candidates[values.argmin()], atol=0.03)


def test_a_seen_class_is_mostly_itself_and_a_large_ridge_mixes_all():
    vectors = torch.nn.functional.normalize(draw(6, 20), dim=1)
    assert (mixtures(vectors, vectors, 0.1).argmax(dim=1) == torch.arange(6)).all()
    torch.testing.assert_close(mixtures(vectors, vectors, 1e9), torch.full((6, 6), 1 / 6, dtype=torch.float64))


@pytest.mark.parametrize(("ridge", "classes"), [(0.0, 3), (float("nan"), 3), (0.1, 0)])
def test_nothing_to_mix_is_refused(ridge, classes):
    with pytest.raises(BadInputError, match="mixtures"):
        mixtures(draw(2, 4), draw(3, 4)[:classes], ridge)
