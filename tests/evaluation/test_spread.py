"""Spread over class choices and seeds: hand numbers, a simulation, SciPy's one-way analysis of variance."""

import numpy as np
import pytest
from scipy.stats import f_oneway, t

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.spread import difference, spread

HAND = np.array([[0.20, 0.22], [0.30, 0.32]])


def test_hand_numbers():
    """Means .21 and .31, variance .005; seeds .0002 within, half of which is in a mean of two."""
    found = spread(HAND)
    assert found.mean == pytest.approx(0.26)
    assert found.sd_seeds == pytest.approx(np.sqrt(0.0002))
    assert found.sd_choices == pytest.approx(np.sqrt(0.005 - 0.0001))
    assert found.standard_error == pytest.approx(0.05)


def test_one_seed_leaves_seeds_unknown():
    found = spread(HAND[:, :1])
    assert found.sd_seeds is None
    assert found.sd_choices == pytest.approx(np.sqrt(0.005))


def test_components_give_the_f_statistic_of_an_analysis_of_variance():
    values = np.random.default_rng(0).normal(size=(6, 4)) + np.arange(6)[:, None]
    found = spread(values)
    ratio = (found.sd_seeds**2 + 4 * found.sd_choices**2) / found.sd_seeds**2
    assert ratio == pytest.approx(f_oneway(*values).statistic)


def test_simulated_components_come_back():
    dice = np.random.default_rng(1)
    found = spread(0.5 + 0.05 * dice.normal(size=(4000, 1)) + 0.02 * dice.normal(size=(4000, 3)))
    assert found == pytest.approx((0.5, 0.05, 0.02, np.sqrt((0.05**2 + 0.02**2 / 3) / 4000)), rel=0.05)


def test_a_negative_variance_counts_as_none():
    assert spread(np.array([[0.0, 1.0], [1.0, 0.0]])).sd_choices == 0.0


def test_pairs_take_out_what_a_choice_adds_to_both():
    gains = np.array([0.010, 0.020, 0.015])
    easy = np.array([0.1, 0.5, 0.9])
    found = difference((easy + gains)[:, None], np.column_stack([easy, easy]))
    half = t.ppf(0.975, 2) * gains.std(ddof=1) / np.sqrt(3)
    assert found == pytest.approx((0.015, 0.005, 0.015 - half, 0.015 + half, 3, 3))
    assert found.verdict == "better"


@pytest.mark.parametrize(
    ("gains", "verdict"), [([0.1, -0.1, 0.02], "not told apart"), ([-0.3, -0.31, -0.3], "worse"), ([0.2] * 3, "better")]
)
def test_verdict_follows_from_the_interval(gains, verdict):
    zero = np.zeros((3, 1))
    assert difference(np.array(gains)[:, None], zero).verdict == verdict


@pytest.mark.parametrize("values", [np.zeros((1, 3)), np.zeros(4), np.zeros((2, 0)), np.array([[0.1], [np.nan]])])
def test_what_is_no_full_table_is_refused(values):
    with pytest.raises(BadInputError, match="choices"):
        spread(values)


def test_different_choices_are_refused():
    with pytest.raises(BadInputError, match="2 choices"):
        difference(HAND, np.zeros((3, 1)))
