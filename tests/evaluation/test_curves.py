import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.average_precision import average_precision
from zsr_lib.evaluation.curves import interpolated_precision, precision_recall_points
from zsr_lib.evaluation.ranking import from_distances, from_relevance


def test_points_of_a_hand_made_ranking():
    precision, recall = precision_recall_points(from_relevance([1, 0, 1, 0]), np.array([1, 2, 3]))
    np.testing.assert_allclose(precision, [[1, 1 / 2, 2 / 3]])
    np.testing.assert_allclose(recall, [[1 / 2, 1 / 2, 1]])


def test_the_interpolated_curve_by_hand():
    curve = interpolated_precision(from_relevance([[1, 0, 1, 0], [0, 1, 1, 1], [0, 0, 0, 0]]), levels=5)
    np.testing.assert_allclose(curve[:2], [[1, 1, 1, 2 / 3, 2 / 3], [0.75] * 5])
    assert np.isnan(curve[2]).all()


def test_the_area_under_the_curve_is_the_voc_ap(rng):
    ranked = from_distances(rng.normal(size=(6, 400)), rng.random((6, 400)) < 0.2)
    fine = interpolated_precision(ranked, levels=100_001)
    np.testing.assert_allclose(fine[:, 1:].mean(axis=1), average_precision(ranked, flavour="voc"), atol=1e-4)
    assert (np.diff(fine, axis=1) <= 0).all()


def test_pure_ties_are_fine_and_mixed_ones_are_refused():
    distances = [1, 1, 2]
    np.testing.assert_allclose(interpolated_precision(from_distances(distances, [1, 1, 0]), 3), [[1, 1, 1]])
    with pytest.raises(BadInputError, match="optimistic"):
        interpolated_precision(from_distances(distances, [1, 0, 0]))
