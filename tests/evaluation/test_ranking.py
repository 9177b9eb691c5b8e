import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evaluation import naive
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.names import parse
from zsr_lib.evaluation.ranking import TIE_RULES, from_distances, from_relevance

small = st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=6)


def columns(ranking):
    return [getattr(ranking, name).tolist() for name in ("query", "start", "size", "relevant", "before", "total")]


def test_blocks_without_ties():
    assert columns(from_relevance([[1, 0, 1], [0, 0, 0], [0, 1, 0]])) == [
        [0, 0, 2], [0, 2, 1], [1, 1, 1], [1, 1, 1], [0, 1, 0], [2, 0, 1]]  # fmt: skip


def test_blocks_with_ties():
    ranking = from_distances([5, 1, 5, 5, 9], [1, 1, 0, 1, 0])
    assert columns(ranking) == [[0, 0], [0, 1], [1, 3], [1, 2], [0, 1], [3]]
    assert ranking.mixed.tolist() == [False, True]


@pytest.mark.parametrize(
    ("ties", "ranks"), [("optimistic", [0, 1, 2]), ("pessimistic", [0, 2, 3]), ("stable", [0, 1, 3])]
)
def test_rules_that_break_ties(ties, ranks):
    ranking = from_distances([5, 1, 5, 5, 9], [1, 1, 0, 1, 0], ties)
    assert not ranking.mixed.any()
    starts = np.repeat(ranking.start, ranking.relevant)
    assert (starts + np.arange(3) - np.repeat(ranking.before, ranking.relevant)).tolist() == ranks


def test_items_at_infinity_are_not_in_the_gallery():
    ranking = from_distances([np.inf, 1, 2, np.inf], [1, 0, 1, 0])
    assert columns(ranking) == [[0], [1], [1], [1], [0], [1]]
    assert columns(from_distances([np.inf, 1, 1, np.inf], [1, 1, 0, 0], "stable"))[1] == [0]


@settings(max_examples=60, deadline=None)
@given(small)
def test_expected_is_the_mean_over_all_orders(items):
    distances, relevance = zip(*items, strict=True)
    ranking = from_distances(distances, relevance)
    for name in naive.ALL_NAMES:
        value = parse(name).per_query(ranking)[0]
        if any(relevance):
            assert value == pytest.approx(naive.expected(name, distances, relevance), abs=1e-9), name
        else:
            assert np.isnan(value), name


@settings(max_examples=60, deadline=None)
@given(small.filter(lambda items: any(hit for _, hit in items)))
def test_broken_ties_are_one_of_the_orders(items):
    distances, relevance = zip(*items, strict=True)
    best = sorted(zip(distances, (not hit for hit in relevance), strict=True))
    worst = sorted(zip(distances, relevance, strict=True))
    index = sorted(range(len(items)), key=lambda item: (distances[item], item))
    ranked = {"optimistic": [not miss for _, miss in best], "pessimistic": [hit for _, hit in worst],
              "stable": [relevance[item] for item in index]}  # fmt: skip
    for ties, order in ranked.items():
        ranking = from_distances(distances, relevance, ties)
        for name in naive.ALL_NAMES:
            assert parse(name).per_query(ranking)[0] == pytest.approx(naive.metric(name, order), abs=1e-9), (ties, name)


@settings(deadline=None)
@given(small.filter(lambda items: any(hit for _, hit in items)), st.randoms(use_true_random=False))
def test_expected_ignores_gallery_order_and_monotone_transforms(items, random):
    distances, relevance = np.array([item[0] for item in items]), np.array([item[1] for item in items])
    order = np.array(random.sample(range(len(items)), len(items)))
    plain, changed = (
        from_distances(distances, relevance),
        from_distances(np.array([math.exp(3.0 * distance) for distance in distances])[order], relevance[order]),
    )
    for name in naive.ALL_NAMES:
        assert parse(name).per_query(plain)[0] == parse(name).per_query(changed)[0], name


def test_expected_lies_between_pessimistic_and_optimistic(rng):
    distances, relevance = rng.integers(0, 9, (20, 200)), rng.random((20, 200)) < 0.3
    for name in naive.LINEAR_NAMES:
        low, mean, high = (parse(name).per_query(from_distances(distances, relevance, ties))
                           for ties in ("pessimistic", "expected", "optimistic"))  # fmt: skip
        if "rel_in_k" not in name:
            assert (low <= mean + 1e-12).all(), name
            assert (mean <= high + 1e-12).all(), name


def test_integer_and_float_distances_rank_alike(rng):
    distances, relevance = rng.integers(0, 65, (5, 90)), rng.random((5, 90)) < 0.3
    for ties in TIE_RULES:
        expected = columns(from_distances(distances.astype(float), relevance, ties))
        assert columns(from_distances(distances.astype(np.uint16), relevance, ties)) == expected


def test_bad_input():
    with pytest.raises(BadInputError, match="0 and 1"):
        from_relevance([0, 2])
    with pytest.raises(BadInputError, match="must agree"):
        from_distances([1.0, 2.0], [1])
    with pytest.raises(BadInputError, match="NaN"):
        from_distances([1.0, np.nan], [1, 0])
    with pytest.raises(UnknownNameError, match="did you mean"):
        from_distances([1.0], [1], "optimist")
