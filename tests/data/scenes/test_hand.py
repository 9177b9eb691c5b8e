import numpy as np
import pytest

from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.hand import STEP, Hand, at_corners, by_hand, dense, draw_hand, hatching

SQUARE = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)]
STILL = Hand(1, 0.0, 0.0, 0.0, True, 0.0, 0.0, (0, 0, 0, 0))


def test_dense_points_are_evenly_close_and_keep_the_corners():
    line = dense([(0, 0), (0.3, 0.4), (0.3, 0.4), (0.31, 0.4)])
    gaps = np.sqrt((np.diff(line, axis=0) ** 2).sum(1))
    assert gaps.max() <= STEP + 1e-12
    assert any(np.allclose(point, (0.3, 0.4)) for point in line)
    assert np.allclose(line[[0, -1]], [(0, 0), (0.31, 0.4)])


def test_a_square_has_four_sides_and_a_circle_no_corner():
    assert len(at_corners(dense([*SQUARE, SQUARE[0]]))) == 4
    turns = np.linspace(0, 2 * np.pi, 60)
    assert len(at_corners(dense(list(zip(np.cos(turns), np.sin(turns), strict=True))))) == 1


def test_a_perfectly_steady_hand_draws_what_it_means():
    line = dense(SQUARE[:2])
    assert np.array_equal(by_hand(line, STILL, Dice("still")), line)


@pytest.mark.parametrize("wobble", [0.002, 0.01])
def test_a_shaky_hand_strays_about_as_far_as_it_shakes(wobble):
    line = dense([(0.1, 0.5), (0.9, 0.5)])
    shaky = Hand(1, wobble, 0.0, 0.0, True, 0.0, 0.0, (0, 0, 0, 0))
    strays = [np.abs(by_hand(line, shaky, Dice("shake", k))[:, 1] - 0.5).mean() for k in range(40)]
    assert 0.3 * wobble < np.mean(strays) < 1.2 * wobble


def test_lines_stay_on_the_sheet():
    drawn = by_hand(dense([(0, 0), (1, 1)]), draw_hand(Dice("edge")), Dice("edge"))
    assert drawn.min() >= 0
    assert drawn.max() <= 1


@pytest.mark.parametrize("angle", [0.0, 0.7, 2.0])
def test_hatching_fills_a_polygon_and_nothing_else(angle):
    gap = 0.02
    lines = hatching(SQUARE, gap, angle)
    ends = np.array(lines)
    assert ends.min() > 0.2 - 1e-9
    assert ends.max() < 0.8 + 1e-9
    inked = np.sqrt((np.diff(ends, axis=1) ** 2).sum(-1)).sum() * gap
    assert inked == pytest.approx(0.36, rel=0.06)


def test_hands_differ_in_care_and_style():
    hands = [draw_hand(Dice("person", number)) for number in range(200)]
    assert {hand.care for hand in hands} == {0, 1, 2, 3}
    assert 0.03 < np.mean([hand.hatch > 0 for hand in hands]) < 0.3
    assert len({hand.corners for hand in hands}) == 2
