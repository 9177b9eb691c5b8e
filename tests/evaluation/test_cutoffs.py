import numpy as np
import pytest

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation import cutoffs
from zsr_lib.evaluation.ranking import from_distances, from_relevance

RANKED = from_relevance([1, 0, 1, 0, 0])


def test_values_computed_by_hand():
    assert cutoffs.precision(RANKED, 3)[0] == pytest.approx(2 / 3)
    assert cutoffs.precision(RANKED, 3, "min_r_k")[0] == pytest.approx(1 / 2)
    assert cutoffs.precision(RANKED, 10)[0] == pytest.approx(2 / 10)
    assert cutoffs.recall(RANKED, 2)[0] == pytest.approx(1 / 2)
    assert cutoffs.r_precision(RANKED)[0] == pytest.approx(1 / 2)
    assert cutoffs.accuracy(RANKED, 1)[0] == 1
    assert cutoffs.ndcg(RANKED, 3)[0] == pytest.approx((1 + 1 / 2) / (1 + 1 / np.log2(3)))
    assert cutoffs.mean_precision(RANKED, 20)[0] == pytest.approx((2 / 10 + 2 / 20) / 2)


def test_accuracy_under_ties_is_hypergeometric():
    """Three of eight tied items are relevant, two are drawn: 1 − (5 · 4) / (8 · 7)."""
    assert cutoffs.accuracy(from_distances(np.zeros(8), np.arange(8) < 3), 2)[0] == pytest.approx(1 - 20 / 56)


def test_accuracy_stays_finite_in_large_ties():
    value = cutoffs.accuracy(from_distances(np.zeros(100_000), np.arange(100_000) < 30_000), 200)[0]
    assert value == pytest.approx(1)


def test_queries_without_a_relevant_item_are_nan():
    ranked = from_relevance([[0, 0], [1, 0]])
    for metric in (cutoffs.precision, cutoffs.recall, cutoffs.accuracy, cutoffs.ndcg):
        assert np.isnan(metric(ranked, 1)).tolist() == [True, False]


def test_one_relevant_item_makes_accuracy_and_recall_equal(rng):
    ranked = from_distances(rng.integers(0, 5, (30, 20)), np.tile(np.arange(20) == 7, (30, 1)))
    np.testing.assert_allclose(cutoffs.accuracy(ranked, 5), cutoffs.recall(ranked, 5), atol=1e-12)


def test_bad_arguments():
    with pytest.raises(UnknownNameError, match="denominator"):
        cutoffs.precision(RANKED, 3, "r")
    with pytest.raises(BadInputError, match="not a rank"):
        cutoffs.recall(RANKED, 0)
    with pytest.raises(BadInputError, match="multiple of 10"):
        cutoffs.mean_precision(RANKED, 55)
