import numpy as np
import pytest

from zsr_lib.experiments.apart import Evidence, are_apart, interval_over_queries, rank_ranges


def by(kind, values, mean=None):
    return Evidence(float(np.mean(values)) if mean is None else mean, **{kind: dict(enumerate(values))})


def queries(values):
    return Evidence(float(np.mean(values)), queries={str(place): value for place, value in enumerate(values)})


def test_queries_pair_what_the_means_hide():
    # The second system is better by 0.02 on each query, which spread by twenty times as much: only pairing sees that.
    base = np.random.default_rng(0).uniform(0, 0.9, 60)
    noise = np.random.default_rng(1).normal(0.02, 0.01, 60)
    assert are_apart(queries(base + noise), queries(base))
    shuffled = np.random.default_rng(2).permutation(base + noise)
    assert not are_apart(queries(shuffled), queries(base))


def test_the_bootstrap_agrees_with_a_naive_loop():
    values = np.random.default_rng(3).uniform(size=40)
    generator = np.random.default_rng(4)
    naive = np.quantile([values[generator.integers(0, 40, 40)].mean() for _ in range(4000)], [0.025, 0.975])
    assert interval_over_queries(queries(values)) == pytest.approx(tuple(naive), abs=0.01)
    assert interval_over_queries(by("seeds", values)) is None


@pytest.mark.parametrize("kind", ["seeds", "classes"])
def test_students_interval_by_hand(kind):
    # Differences 1, 2, 3: mean 2, sd 1, t(2) = 4.303, so 2 ± 2.48 holds zero; with 2, 2.5, 3 it does not: 2.5 ± 1.24.
    zero = by(kind, [0.0, 0.0, 0.0])
    assert not are_apart(by(kind, [1.0, 2.0, 3.0]), zero)
    assert are_apart(by(kind, [2.0, 2.5, 3.0]), zero)
    assert are_apart(zero, by(kind, [2.0, 2.5, 3.0]))


def test_the_order_of_what_is_asked():
    better = {"a": 0.9, "b": 0.8, "c": 0.85}
    worse = {"a": 0.1, "b": 0.2, "c": 0.1}
    # Seeds say nothing where there is one, or where all differ by the same: classes are asked.
    assert are_apart(Evidence(0.9, seeds={0: 0.9}, classes=better), Evidence(0.1, seeds={0: 0.1}, classes=worse))
    fixed = [Evidence(mean, seeds={0: mean, 1: mean}, classes={"a": mean, "b": 1 - mean}) for mean in (0.6, 0.4)]
    assert not are_apart(*fixed)
    # Other queries are not paired, and one seed without classes is no evidence.
    assert not are_apart(Evidence(0.9, queries={"x": 0.9, "y": 0.9}), Evidence(0.1, queries={"z": 0.1, "y": 0.1}))
    assert not are_apart(Evidence(0.9, seeds={0: 0.9}), Evidence(0.1, seeds={0: 0.1}))


def test_the_same_system_is_never_apart_from_itself():
    one = queries(np.linspace(0, 1, 9))
    assert not are_apart(one, one)


def apart_by(gap):
    return lambda one, other: abs(one.mean - other.mean) > gap


def test_ranks_are_ranges_that_overlap_where_nothing_tells_apart():
    every = [Evidence(mean) for mean in (0.9, 0.8, 0.7, 0.1)]
    # 0.9 is apart from 0.7 but 0.8 from neither.
    assert rank_ranges(every, apart_by(0.15)) == [(1, 2), (1, 3), (2, 3), (4, 4)]
    assert rank_ranges(every, apart_by(0.0)) == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert rank_ranges(every, apart_by(1.0)) == [(1, 4)] * 4
    assert rank_ranges(every[:1]) == [(1, 1)]
    assert rank_ranges([]) == []


def test_ranks_do_not_depend_on_the_order():
    every = [Evidence(mean) for mean in (0.1, 0.9, 0.7, 0.8)]
    assert rank_ranges(every, apart_by(0.15)) == [(4, 4), (1, 2), (2, 3), (1, 3)]
