"""Distances and scores as people read them."""

import numpy as np
import pytest

from zsr_lib.models.registry import create
from zsr_lib.search.near import distances_for, distances_from, score_of


def test_floats_fit_three_distances_and_bits_one():
    assert distances_for(create("frozen")) == ("cosine", "euclidean", "l1")
    assert distances_for(create("binary")) == ("hamming",)


@pytest.mark.parametrize(
    ("distance", "expected"), [("euclidean", [5, 0]), ("l1", [7, 0]), ("cosine", [1 - 11 / (5 * 5**0.5), 0])]
)
def test_distances_are_in_their_own_unit(distance, expected):
    codes = np.array([[4.0, 6.0], [1.0, 2.0]], np.float32) if distance != "cosine" else np.array([[3.0, 4], [2.0, 4]])
    assert distances_from(np.array([1.0, 2.0]), codes, distance) == pytest.approx(expected, abs=1e-7)


def test_bits_are_counted():
    found = distances_from(np.array([0b1010], np.uint8), np.array([[0b1010], [0b0101]], np.uint8), "hamming")
    assert found.tolist() == [0, 4]


def test_scores_grow_with_nearness():
    assert score_of(0.25, "cosine") == 0.75
    assert score_of(3, "hamming") == -3
