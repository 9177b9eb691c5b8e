import itertools

import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation import bootstrap
from zsr_lib.evaluation.bootstrap import compare, interval


def test_the_interval_of_independent_queries_is_the_textbook_one(rng):
    values = rng.normal(0.5, 0.2, 4000)
    low, high = interval(values)
    half = 1.96 * values.std() / np.sqrt(4000)
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.1 * half)


def test_classes_that_succeed_or_fail_together_widen_it(rng):
    classes = np.repeat(np.arange(8), 50)
    values = rng.random(8)[classes]
    queries, whole = interval(values), interval(values, classes)
    assert whole.high - whole.low > 3 * (queries.high - queries.low)


def test_resampled_classes_keep_their_sizes():
    """All bootstrap samples of two classes, one of them three times as large, have one of three means."""
    values, classes = np.array([0.0, 1, 1, 1]), np.array(["a", "b", "b", "b"])
    assert interval(values, classes, level=0.99) == (0.0, 1.0)
    assert interval(values, classes, level=0.1) == (0.75, 0.75)


def test_the_same_seed_gives_the_same_interval_for_any_batch_size(rng, monkeypatch):
    values = rng.random(300)
    whole = interval(values, seed=3), compare(values, values[::-1], seed=3)
    monkeypatch.setattr(bootstrap, "_CELLS", 1000)
    assert (interval(values, seed=3), compare(values, values[::-1], seed=3)) == whole
    assert interval(values, seed=4) != whole[0]


def test_few_classes_are_tested_with_all_signs():
    difference = np.array([0.3, 0.1, 0.2, -0.05])
    flips = [abs(np.dot(signs, difference)) for signs in itertools.product((-1, 1), repeat=4)]
    result = compare(difference, np.zeros(4))
    assert result.p_value == pytest.approx(np.mean(np.array(flips) >= 0.55 - 1e-9))
    assert result.difference == pytest.approx(difference.mean())


def test_equal_systems_do_not_differ(rng):
    values = rng.random(50)
    result = compare(values, values)
    assert (result.difference, result.interval, result.p_value) == (0, (0, 0), 1)


def test_p_values_are_uniform_when_nothing_differs(rng, monkeypatch):
    monkeypatch.setattr(bootstrap, "FLIPS", 199)
    monkeypatch.setattr(bootstrap, "RESAMPLES", 1)
    values = [compare(*rng.normal(size=(2, 30)), seed=round_).p_value for round_ in range(300)]
    assert np.mean(np.array(values) <= 0.1) == pytest.approx(0.1, abs=0.06)


def test_a_clear_difference_is_found(rng):
    base = rng.random(200)
    result = compare(base + 0.05 + 0.01 * rng.normal(size=200), base)
    assert result.p_value < 0.001
    assert result.interval.low > 0.04


def test_bad_input():
    with pytest.raises(BadInputError, match="different numbers"):
        compare(np.zeros(3), np.zeros(4))
    with pytest.raises(BadInputError, match="at least one value"):
        interval(np.zeros(0))
    with pytest.raises(BadInputError, match="one class for each"):
        interval(np.zeros(3), np.zeros(2))
