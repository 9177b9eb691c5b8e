import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsr_lib.data.scenes import geometry
from zsr_lib.data.scenes.dice import Dice

angles = st.floats(-10, 10)


def area(points):
    """Shoelace formula."""
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True))) / 2


@given(angles)
def test_turn_is_cosine_and_sine_to_nine_digits(angle):
    c, s = geometry.turn(angle)
    assert c == pytest.approx(math.cos(angle), abs=1e-9)
    assert s == pytest.approx(math.sin(angle), abs=1e-9)
    assert (c, s) == (round(c, 9), round(s, 9))


@given(st.floats(1, 50), st.floats(1, 50), angles)
def test_a_box_keeps_its_area_in_every_direction(length, width, angle):
    assert area(geometry.box(3, -2, length, width, angle)) == pytest.approx(length * width, rel=1e-6)


def test_a_fine_circle_has_the_area_of_a_disc():
    assert area(geometry.circle(1, 1, 5, 400)) == pytest.approx(math.pi * 25, rel=1e-3)


def test_place_scales_turns_and_moves():
    ((x, y),) = geometry.place([(1, 0)], 10, 20, math.pi / 2, 3)
    assert (x, y) == pytest.approx((10, 23))


@pytest.mark.parametrize("aside", [2.0, [2.0, 2.0, 2.0]])
def test_shift_moves_a_straight_path_to_its_left(aside):
    assert geometry.shift([(0, 0), (5, 0), (9, 0)], aside) == [(0, 2), (5, 2), (9, 2)]


def test_walk_sets_equal_steps_across_corners():
    stations = geometry.walk([(0, 0), (3, 0), (3, 4)], 2.0, 1.0)
    assert [(x, y) for x, y, _ in stations] == [(1, 0), (3, 0), (3, 2)]
    assert [heading for _, _, heading in stations] == pytest.approx([0, math.pi / 2, math.pi / 2])


def test_smoothing_keeps_the_ends_of_an_open_path_and_stays_in_its_hull():
    path = [(0, 0), (1, 5), (4, 5), (6, 0)]
    curve = geometry.smooth(path, 3)
    assert (curve[0], curve[-1]) == (path[0], path[-1])
    assert geometry.bounds(curve)[3] < 5 + 1e-9
    assert len(curve) > len(path)


def test_a_blob_stays_within_its_roughness():
    radii = [math.hypot(x - 4, y + 1) for x, y in geometry.blob(Dice("blob"), 4, -1, 10, 0.2)]
    assert 7 < min(radii) < max(radii) <= 12
