import numpy as np
import pytest
import torch
from scipy.linalg import solve_sylvester

from zsr_lib.data.semantics import class_semantics
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.models.zsl.sae import semantic_autoencoder, unit_rows

OPTIONS = {"features": {"backbone": "hog", "size": 64}, "semantics": "attributes", "weight": 1.0}
WEIGHTS = [1e-3, 0.2, 1.0, 50.0, 5e5]


def problem(items=40, size=7, classes=5, length=4, seed=0):
    """(N, D) features and (N, K) class vectors."""
    dice = np.random.default_rng(seed)
    vectors = dice.normal(size=(classes, length))
    return dice.normal(size=(items, size)), vectors[dice.permutation(np.arange(items) % classes)]


def objective(w, features, vectors, weight):
    x, s = torch.from_numpy(features.T), torch.from_numpy(vectors.T)
    return (x - w.T @ s).square().sum() + weight * (w @ x - s).square().sum()


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("shape", [(40, 7, 5, 4), (40, 7, 3, 9), (6, 11, 3, 9)])
def test_the_gradient_vanishes_at_the_solution(shape, weight):
    features, vectors = problem(*shape)
    solution = semantic_autoencoder(features, vectors, weight)
    w = torch.from_numpy(solution).requires_grad_()
    objective(w, features, vectors, weight).backward()
    around = torch.zeros_like(w, requires_grad=True)
    objective(around, features, vectors, weight).backward()
    assert w.grad.norm() < 1e-9 * around.grad.norm()


def test_it_is_what_a_general_solver_of_the_equation_finds():
    features, vectors = problem()
    x, s = features.T, vectors.T
    expected = solve_sylvester(s @ s.T, 0.3 * x @ x.T, 1.3 * s @ x.T)
    np.testing.assert_allclose(semantic_autoencoder(features, vectors, 0.3), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("weight", [0.2, 3.0])
def test_a_small_case_is_what_brute_force_finds(weight):
    features, vectors = problem(items=12, size=3, classes=4, length=2)
    solution = semantic_autoencoder(features, vectors, weight)
    w = torch.zeros(2, 3, dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS([w], max_iter=500, tolerance_grad=1e-12, tolerance_change=1e-15)

    def closure():
        search.zero_grad()
        loss = objective(w, features, vectors, weight)
        loss.backward()
        return loss

    search.step(closure)
    np.testing.assert_allclose(solution, w.detach().numpy(), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("shape", [(6, 11, 3, 9), (30, 4, 2, 6)])
def test_fewer_classes_than_numbers_give_the_solution_of_least_norm(shape):
    features, vectors = problem(*shape)
    x, s = features.T, vectors.T
    left = np.kron(s @ s.T, np.eye(len(x))) + np.kron(np.eye(len(s)), 0.7 * x @ x.T)
    least, *_ = np.linalg.lstsq(left, 1.7 * (s @ x.T).ravel(), rcond=1e-12)
    np.testing.assert_allclose(semantic_autoencoder(features, vectors, 0.7), least.reshape(len(s), -1), atol=1e-9)


def test_a_large_weight_is_least_squares_and_a_small_one_the_transposed_decoder():
    features, vectors = problem()
    encoder, *_ = np.linalg.lstsq(features, vectors, rcond=None)
    np.testing.assert_allclose(semantic_autoencoder(features, vectors, 1e9), encoder.T, atol=1e-6)
    decoder, *_ = np.linalg.lstsq(vectors, features, rcond=None)
    np.testing.assert_allclose(semantic_autoencoder(features, vectors, 1e-9), decoder, atol=1e-6)


def test_lengths_of_features_and_vectors_act_like_the_weight():
    features, vectors = problem()
    s, t, weight = 3.0, 0.5, 0.8
    scaled = semantic_autoencoder(s * features, t * vectors, weight)
    plain = semantic_autoencoder(features, vectors, weight * s**2 / t**2)
    np.testing.assert_allclose(unit_rows(features @ scaled.T), unit_rows(features @ plain.T), atol=1e-10)


def test_order_of_items_does_not_matter():
    features, vectors = problem()
    order = np.random.default_rng(1).permutation(len(features))
    again = semantic_autoencoder(features[order], vectors[order], 2.0)
    np.testing.assert_allclose(again, semantic_autoencoder(features, vectors, 2.0), atol=1e-12)


def test_codes_of_seen_photos_point_to_their_class(task):
    method = create("sae", OPTIONS | {"weight": 100.0})
    method.fit(task)
    photos = task.photos("seen")
    nearest = (method.embed(photos) @ unit_rows(class_semantics("attributes", task.seen)).T).argmax(axis=1)
    assert np.mean(np.array(task.seen)[nearest] == photos.class_names) > 0.9


def test_rows_of_zeros_stay_zeros():
    np.testing.assert_array_equal(unit_rows(np.array([[0.0, 0.0], [3.0, 4.0]])), [[0, 0], [0.6, 0.8]])


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_a_weight_that_weighs_nothing_is_refused(weight):
    with pytest.raises(BadInputError, match="weight is"):
        create("sae", {"weight": weight})
