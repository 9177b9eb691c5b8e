import numpy as np
from scipy.ndimage import distance_transform_edt

from zsr_lib.data.drawing.pen import ink

SQUARE = np.array([(0.2, 0.2), (0.2, 0.8), (0.8, 0.8), (0.8, 0.2), (0.2, 0.2)])


def paper(strokes, seed=0, size=200):
    return ink(strokes, size, np.random.default_rng(seed))


def test_no_stroke_leaves_the_paper_white():
    assert (paper([]) == 255).all()


def test_ink_stays_near_the_stroke_and_covers_it():
    ideal = np.ones((200, 200))
    ideal[40, 40:161] = ideal[160, 40:161] = ideal[40:161, 40] = ideal[40:161, 160] = 0
    black = paper([SQUARE]) < 128
    assert distance_transform_edt(ideal)[black].max() < 5
    assert distance_transform_edt(~black)[ideal == 0].max() < 5


def test_the_hand_shakes_by_its_seed():
    np.testing.assert_array_equal(paper([SQUARE], 1), paper([SQUARE], 1))
    assert not np.array_equal(paper([SQUARE], 1), paper([SQUARE], 2))


def test_a_dot_is_drawn_and_the_edge_of_the_paper_is_no_obstacle():
    assert (paper([np.array([(0.5, 0.5), (0.5, 0.5)])]) < 128).any()
    assert (paper([np.array([(0.0, 0.0), (1.0, 1.0)])]) < 128).sum() > 200
