from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest

from zsr_lib.models.zsl.half_steps import (
    Kernels,
    Weights,
    alternate,
    best_bits,
    best_rotation,
    best_weights,
    class_targets,
    distances,
    objective,
)

TERMS = Weights(kernel=0.7, graph=0.3, ridge=0.5)


def problem(items=3, bits=4, rank=2, anchors=3, seed=0):
    """Kernels, rotation, W and B of a small case."""
    dice = np.random.default_rng(seed)
    plain = dice.uniform(0.1, 1.0, (items, anchors))
    kernels = Kernels(plain - plain.mean(axis=0), plain, dice.normal(size=(items, rank)))
    rotation = np.linalg.qr(dice.normal(size=(bits, rank)))[0]
    return kernels, rotation, dice.normal(size=(anchors, bits)), np.sign(dice.normal(size=(items, bits)))


@pytest.mark.parametrize("seed", range(4))
def test_bits_are_the_best_of_all_codes(seed):
    kernels, rotation, weights, _ = problem(seed=seed)
    smooth = kernels.smooth()
    found = best_bits(kernels, rotation, weights, TERMS)
    every = (np.reshape(code, (3, 4)) for code in product((-1.0, 1.0), repeat=12))
    best = min(objective(kernels, smooth, rotation, weights, codes, TERMS) for codes in every)
    assert objective(kernels, smooth, rotation, weights, found, TERMS) == pytest.approx(best)


def test_weights_are_where_the_gradient_vanishes():
    kernels, rotation, _, bits = problem()
    smooth = kernels.smooth()
    found = best_weights(kernels, smooth, bits, TERMS)
    value = objective(kernels, smooth, rotation, found, bits, TERMS)
    for place in np.ndindex(found.shape):
        moved = [found.copy(), found.copy()]
        moved[0][place] += 1e-4
        moved[1][place] -= 1e-4
        up, down = (objective(kernels, smooth, rotation, each, bits, TERMS) for each in moved)
        assert min(up, down) >= value
        assert abs(up - down) < 1e-8


def test_no_other_rotation_is_better():
    kernels, _, _, bits = problem(items=10)
    found = best_rotation(kernels.targets, bits)
    np.testing.assert_allclose(found.T @ found, np.eye(2), atol=1e-12)
    others = (np.linalg.qr(np.random.default_rng(seed).normal(size=(4, 2)))[0] for seed in range(200))
    best = min(((bits - kernels.targets @ each.T) ** 2).sum() for each in others)
    assert ((bits - kernels.targets @ found.T) ** 2).sum() <= best


def test_the_graph_is_that_of_all_pairs():
    kernels, *_ = problem(items=6)
    assert kernels.near >= kernels.plain.shape[1]
    shares = kernels.plain / kernels.plain.sum(axis=1, keepdims=True)
    alike = shares @ np.diag(1 / shares.sum(axis=0)) @ shares.T  # (N, N)
    values = kernels.centred
    pairs = sum(alike[i, j] * np.outer(values[i] - values[j], values[i] - values[j]) for i, j in np.ndindex(6, 6)) / 2
    np.testing.assert_allclose(kernels.smooth(), pairs, atol=1e-12)


def test_rounds_never_rise():
    dice = np.random.default_rng(1)
    labels = np.arange(40) % 5
    targets = class_targets(dice.normal(size=(5, 8)), 12)[labels]
    plain = np.exp(-(distances(dice.normal(size=(40, 3)) + labels[:, None], dice.normal(size=(9, 3))) ** 2))
    kernels = Kernels(plain - plain.mean(axis=0), plain, targets)
    other = replace(kernels, centred=kernels.centred[:, ::-1], plain=plain[:, ::-1])
    weights, values = alternate({"photo": kernels, "sketch": other}, 12, TERMS, 8, 0)
    assert {name: each.shape for name, each in weights.items()} == {"photo": (9, 12), "sketch": (9, 12)}
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(values))
    assert values[-1] < values[0]


def test_targets_are_as_long_as_codes_and_keep_angles_where_there_are_bits_enough():
    vectors = np.random.default_rng(0).normal(size=(5, 9))
    targets = class_targets(vectors, 16)
    assert targets.shape == (5, 4)
    np.testing.assert_allclose((targets**2).sum(axis=1), 16)
    centred = vectors - vectors.mean(axis=0)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    np.testing.assert_allclose(targets @ targets.T / 16, unit @ unit.T, atol=1e-12)
    assert class_targets(vectors, 2).shape == (5, 2)


def test_two_groups_far_apart_are_not_joined_although_all_kernels_are_alike():
    dice = np.random.default_rng(0)
    group = np.repeat([0, 1], 10)
    plain = 0.6 + 0.01 * (group[:, None] == np.repeat([0, 1], 4)) + 1e-4 * dice.normal(size=(20, 8))
    by_group = (plain > 0.605).astype(float)  # (N, M): constant within a group
    kernels = Kernels(by_group, plain, np.zeros((20, 1)), near=3)
    np.testing.assert_allclose(kernels.smooth(), 0.0, atol=1e-9)
    assert abs(replace(kernels, near=8).smooth()).max() > 1


def test_an_anchor_that_is_nobodys_neighbour_does_no_harm():
    plain = np.array([[0.9, 0.8, 0.1], [0.8, 0.9, 0.1]])
    assert np.isfinite(Kernels(plain - plain.mean(axis=0), plain, np.zeros((2, 1)), near=2).smooth()).all()
