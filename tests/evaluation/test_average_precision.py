import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from tests.evaluation import naive
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.average_precision import DENOMINATORS, average_precision
from zsr_lib.evaluation.names import parse
from zsr_lib.evaluation.ranking import from_distances, from_relevance

GOLDEN = [1, 0, 1, 0]


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ((None, "r", "std"), 0.8333), ((None, "r", "voc"), 0.8333), ((2, "rel_in_k", "std"), 1.0),
        ((2, "min_r_k", "std"), 0.5), ((2, "k", "std"), 0.5), ((2, "r", "voc"), 0.5), ((4, "k", "std"), 0.4167),
    ],
)  # fmt: skip
def test_values_computed_by_hand(arguments, value):
    assert average_precision(from_relevance(GOLDEN), *arguments)[0] == pytest.approx(value, abs=5e-5)


def test_interpolation_looks_ahead_within_the_cut_only():
    ranked = from_relevance([0, 1, 1, 1])
    assert average_precision(ranked, None, "r", "std")[0] == pytest.approx((1 / 2 + 2 / 3 + 3 / 4) / 3)
    assert average_precision(ranked, None, "r", "voc")[0] == pytest.approx(3 / 4)
    assert average_precision(ranked, 3, "r", "voc")[0] == pytest.approx(2 * (2 / 3) / 3)


def test_more_relevant_items_than_the_cut_off():
    ranked = from_relevance([1] * 10)
    values = [average_precision(ranked, 4, by)[0] for by in DENOMINATORS]
    np.testing.assert_allclose(values, [1, 1, 1, 0.4])


@pytest.mark.parametrize("by", DENOMINATORS)
def test_no_hit_in_the_top_scores_zero_and_nothing_relevant_scores_nan(by):
    np.testing.assert_array_equal(average_precision(from_relevance([[0, 0, 1], [0, 0, 0]]), 2, by), [0, np.nan])


def test_agrees_with_scikit_learn_without_ties(rng):
    distances, relevance = rng.normal(size=(40, 300)), rng.random((40, 300)) < 0.2
    ours = average_precision(from_distances(distances, relevance))
    theirs = [average_precision_score(hits, -row) for hits, row in zip(relevance, distances, strict=True)]
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize("relevant", [1, 2, 100, 399, 400])
def test_expectation_of_one_big_tie_is_the_known_chance_value(relevant):
    """E[AP] = ((R − 1) / (N − 1)) (1 − H_N / N) + H_N / N (Bestgen, PBML 103, 2015)."""
    size = 400
    mean = np.sum(1 / np.arange(1, size + 1)) / size
    known = (relevant - 1) / (size - 1) * (1 - mean) + mean
    ranked = from_distances(np.zeros(size), np.arange(size) < relevant)
    assert average_precision(ranked)[0] == pytest.approx(known, abs=1e-12)


def test_expectation_stays_exact_deep_in_a_large_gallery():
    """A tie of 1000 items behind 10⁶ others: the closed form's terms nearly cancel."""
    distances = np.concatenate([np.zeros(10**6), np.ones(1000)])
    relevance = np.arange(len(distances)) >= len(distances) - 10
    ranks = np.arange(1, 1001)
    direct = np.sum(0.01 * (1 + (ranks - 1) * 9 / 999) / (10**6 + ranks)) / 10
    assert average_precision(from_distances(distances, relevance))[0] == pytest.approx(direct, rel=1e-6)


def test_ties_across_the_cut_make_the_found_denominator_random(rng):
    """Large enough that nobody enumerates: compared with a hundred thousand random orders."""
    distances = np.repeat([0, 1, 2], [5, 60, 35])
    relevance = rng.random(100) < 0.3
    exact = average_precision(from_distances(distances, relevance), 20, "rel_in_k")[0]
    shuffled = np.argsort(distances + rng.random((100_000, 100)) * 0.5, axis=1)
    sampled = average_precision(from_relevance(relevance[shuffled]), 20, "rel_in_k")
    assert exact == pytest.approx(sampled.mean(), abs=4 * sampled.std() / np.sqrt(len(sampled)))


def test_interpolated_expectation_is_enumerated_or_refused():
    few = from_distances([1, 1, 2, 2], [1, 0, 1, 0])
    assert average_precision(few, flavour="voc")[0] == pytest.approx(
        naive.expected("AP@all/voc", [1, 1, 2, 2], [1, 0, 1, 0])
    )
    many = from_distances(np.zeros(40), np.arange(40) < 20)
    with pytest.raises(BadInputError, match=r"voc.*\n.*stable.*optimistic"):
        average_precision(many, flavour="voc")


def test_ties_beyond_the_cut_off_do_not_matter_to_interpolation():
    ranked = from_distances([0, 1, *[2] * 60], [1, 0, *[1, 0] * 30])
    assert average_precision(ranked, 2, "r", "voc")[0] == pytest.approx(1 / 31)


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=30), st.data())
def test_a_swap_that_helps_never_lowers_it(ranked, data):
    """rel_in_k is left out: there a hit that enters the top at its end can lower the value, which is its defect."""
    if not any(ranked):
        return
    up, down = sorted(data.draw(st.tuples(*[st.integers(0, len(ranked) - 1)] * 2)))
    better = list(ranked)
    if ranked[down] and not ranked[up]:
        better[up], better[down] = True, False
    for name in naive.ALL_NAMES:
        if "rel_in_k" not in name:
            before, after = parse(name).per_query(from_relevance([ranked, better]))
            assert after >= before - 1e-12, name


def test_dividing_by_the_found_rewards_finding_less():
    less, more = average_precision(from_relevance([[1, 0, 0, 0, 1], [1, 0, 0, 1, 0]]), 4, "rel_in_k")
    assert (less, more) == (1.0, 0.75)


@pytest.mark.parametrize(("cutoff", "by", "flavour", "error"), [
    (0, "r", "std", BadInputError), (2.5, "r", "std", BadInputError), (None, "k", "std", BadInputError),
    (2, "n", "std", UnknownNameError), (2, "r", "coco", UnknownNameError),
])  # fmt: skip
def test_bad_arguments(cutoff, by, flavour, error):
    with pytest.raises(error):
        average_precision(from_relevance(GOLDEN), cutoff, by, flavour)
