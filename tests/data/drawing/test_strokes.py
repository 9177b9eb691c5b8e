import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import approximate_polygon
from skimage.morphology import skeletonize

from zsr_lib.data.drawing.strokes import branches, join, simplify, trace


def mask_of(*points, shape=(20, 20)):
    mask = np.zeros(shape, dtype=bool)
    for point in points:
        mask[point] = True
    return mask


def line(a, b, count=20):
    return np.linspace(a, b, count)


def test_a_straight_line_is_walked_from_end_to_end():
    (path,) = trace(mask_of(*[(5, column) for column in range(3, 15)]))
    np.testing.assert_array_equal(path, [(5, column) for column in range(3, 15)])


def test_a_corner_is_not_cut():
    points = [(2, column) for column in range(2, 8)] + [(row, 7) for row in range(3, 9)]
    (path,) = trace(mask_of(*points))
    assert {tuple(point) for point in path.tolist()} >= set(points) - {(2, 6), (2, 7), (3, 7)}
    assert path[0].tolist() == [2, 2] or path[-1].tolist() == [2, 2]


def test_a_ring_closes():
    ring = skeletonize(np.hypot(*np.indices((30, 30)) - 15.0).round() == 10)
    (path,) = trace(ring)
    np.testing.assert_array_equal(path[0], path[-1])
    assert len(path) > 50


def test_a_crossing_ends_the_four_lines_that_meet():
    cross = mask_of(*[(10, k) for k in range(20)], *[(k, 10) for k in range(20)])
    paths = trace(cross)
    assert sorted(len(path) for path in paths) == [8, 8, 9, 9]


def test_nothing_gives_nothing():
    assert trace(np.zeros((9, 9), dtype=bool)) == []
    assert join([], 5, 1) == []


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_every_step_is_to_a_neighbour_and_no_pixel_is_walked_twice(seed):
    mask = skeletonize(np.random.default_rng(seed).random((24, 24)) < 0.4)
    seen = set()
    for path in trace(mask):
        assert mask[path[:, 0], path[:, 1]].all()
        assert (np.abs(np.diff(path, axis=0)).max(axis=1, initial=0) <= 1).all()
        open_path = {tuple(point) for point in path.tolist()}
        assert len(open_path) >= len(path) - 1
        assert not open_path & seen
        seen |= open_path


@pytest.mark.parametrize("flip", [(False, False), (True, False), (False, True), (True, True)])
def test_a_gap_is_bridged_whichever_way_the_strokes_run(flip):
    parts = [line((0, 0), (0, 20)), line((0, 24), (0, 40))]
    (chain,) = join([part[::-1] if turn else part for part, turn in zip(parts, flip, strict=True)], 5, 0.3)
    assert len(chain) == 40
    steps = np.diff(chain[:, 1])
    assert (steps > 0).all() or (steps < 0).all()


@pytest.mark.parametrize(
    "second",
    [line((0, 26), (0, 40)), line((1, 21), (20, 21)), line((2, 20), (2, 0))],
    ids=["too far", "turns by 90 degrees", "runs back"],
)
def test_strokes_that_do_not_go_on_stay_apart(second):
    assert len(join([line((0, 0), (0, 20)), second], 5, 0.3)) == 2


def test_the_nearest_continuation_wins():
    near, far = line((0, 22), (0, 40)), line((3, 24), (3, 40))
    chains = join([far, line((0, 0), (0, 20)), near], 6, 0.3)
    assert sorted(len(chain) for chain in chains) == [20, 40]
    assert max(chains, key=len)[:, 0].max() == 0


def test_a_ring_of_four_arcs_becomes_one_chain():
    angle = np.linspace(0, 2 * np.pi, 401)
    circle = 50 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    arcs = [circle[k * 100 : k * 100 + 98] for k in range(4)]
    (chain,) = join(arcs, 5, 0.3)
    assert len(chain) == 4 * 98


def test_branches_are_one_at_an_end_two_along_a_line_and_three_where_lines_meet():
    #   x x x
    #       x
    #       x x
    #       x
    fork = mask_of((2, 2), (2, 3), (2, 4), (3, 4), (4, 4), (4, 5), (5, 4), shape=(7, 7))
    expected = np.zeros((7, 7), dtype=int)
    expected[2, 2:5] = 1, 2, 2
    expected[3, 4], expected[4, 4] = 2, 3
    expected[4, 5] = expected[5, 4] = 1
    np.testing.assert_array_equal(branches(fork), expected)


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), min_size=2, max_size=60), st.floats(0.3, 40))
def test_a_simplified_line_is_as_near_as_scikit_image_makes_it(points, tolerance):
    points = np.array(points, dtype=np.float64)
    corners = simplify(points, tolerance)
    distances = _by_angles(points, corners)
    assert distances.max() <= tolerance + 1e-6
    np.testing.assert_array_equal(corners[[0, -1]], points[[0, -1]])


def test_corners_are_those_of_scikit_image_where_no_two_points_are_equally_far():
    rng = np.random.default_rng(0)
    for _ in range(50):
        walk = np.cumsum(rng.normal(size=(80, 2)), axis=0)  # no ties: not on whole pixels
        np.testing.assert_allclose(simplify(walk, 1.7), approximate_polygon(walk, 1.7))


def test_of_two_corners_equally_far_the_first_is_kept():
    table = np.array([(0, 0), (2, 2), (2, 4), (2, 6), (0, 8)])
    np.testing.assert_array_equal(simplify(table, 1.9), [(0, 0), (2, 2), (0, 8)])


def test_a_single_point_and_a_closed_line_can_be_simplified():
    assert simplify(np.array([(3, 4)]), 1.0).tolist() == [[3, 4]]
    square = np.array([(0, 0), (0, 5), (5, 5), (5, 0), (0, 0)])
    np.testing.assert_array_equal(simplify(square, 0.5), square)


def _by_angles(points, corners):
    """Distance of each point to the nearest straight piece, through complex numbers."""
    z, ends = points @ [1, 1j], corners @ [1, 1j]
    starts, ways = ends[:-1], np.diff(ends)
    whole = np.where(ways == 0, 1, ways)
    share = np.clip(np.real((z[:, None] - starts) / whole), 0, 1)
    return np.abs(z[:, None] - starts - share * ways).min(axis=1)
