import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.models.references.itq import fit_itq, nearest_rotation, principal_directions


@pytest.fixture
def dice():
    return np.random.default_rng(0)


@pytest.fixture
def centred(dice):
    codes = dice.normal(size=(200, 12)) @ dice.normal(size=(12, 12))
    return codes - codes.mean(axis=0)


def rotation(dice, size):
    return np.linalg.qr(dice.normal(size=(size, size)))[0]


def corners(dice, count, size):
    return np.where(dice.random((count, size)) < 0.5, -1.0, 1.0)


def test_the_error_is_the_distance_to_the_corners_and_never_rises(centred):
    found = fit_itq(centred, 8)
    assert (np.diff(found.errors) <= 1e-9).all()
    assert found.errors[-1] < found.errors[0] - 0.03
    values = (centred @ found.projection).ravel()
    scale = np.sqrt(np.mean([value**2 for value in values]))
    assert found.errors[-1] == pytest.approx(np.mean([(abs(value) / scale - 1) ** 2 for value in values]))


def test_directions_and_rotation_are_orthonormal(centred):
    projection = fit_itq(centred, 8).projection
    np.testing.assert_allclose(projection.T @ projection, np.eye(8), atol=1e-10)


def test_the_scale_of_codes_does_not_matter(centred):
    one, other = fit_itq(centred, 8), fit_itq(centred / 100, 8)
    np.testing.assert_allclose(other.projection, one.projection, atol=1e-8)
    np.testing.assert_allclose(other.errors, one.errors)


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_a_rotated_cube_is_turned_back(dice, size):
    """All corners occur equally often, so that the mean is 0; the bits may come out permuted and negated."""
    cube = np.array(np.meshgrid(*[[-1.0, 1.0]] * size)).reshape(size, -1).T / np.sqrt(size)
    errors = [fit_itq(cube @ rotation(dice, size), size, seed, rounds=200).errors[-1] for seed in range(8)]
    assert min(errors) < 1e-12  # from the better starts; others end in a local minimum


def test_a_cube_that_is_only_slightly_turned_is_found_in_one_round(dice):
    targets = corners(dice, 500, 16)
    turn = rotation(dice, 16)
    np.testing.assert_allclose(nearest_rotation(targets @ turn.T, targets), turn, atol=1e-10)


def test_no_rotation_near_by_does_better(dice, centred):
    targets = corners(dice, 200, 12)
    best = nearest_rotation(centred, targets)

    def error(turn):
        return ((targets - centred @ turn) ** 2).sum()

    others = [np.linalg.qr(best + dice.normal(0, 0.05, best.shape)) for _ in range(50)]
    assert all(error(q * np.sign(np.diag(r))) > error(best) for q, r in others)


def test_directions_hold_the_most_variance(centred, dice):
    from sklearn.decomposition import PCA

    found, theirs = principal_directions(centred, 5), PCA(5, svd_solver="full").fit(centred).components_.T
    np.testing.assert_allclose(np.abs(found.T @ theirs), np.eye(5), atol=1e-8)
    assert (np.take_along_axis(found, np.abs(found).argmax(axis=0)[None], axis=0) > 0).all()


def test_a_seed_gives_one_projection_another_seed_another(centred):
    first, again, other = (fit_itq(centred, 8, seed).projection for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)


def test_codes_of_lower_rank_than_bits_still_give_bits(dice):
    flat = np.outer(dice.normal(size=50), np.ones(6))
    found = fit_itq(flat, 6)
    assert np.isfinite(found.projection).all()
    assert (np.diff(found.errors) <= 1e-9).all()


@pytest.mark.parametrize("bits", [0, 13])
def test_bits_that_do_not_fit_are_refused(centred, bits):
    with pytest.raises(BadInputError, match=f"{bits} bits of 12"):
        fit_itq(centred, bits)
