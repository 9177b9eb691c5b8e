import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.viz.retrieval_grid import RIGHT, WRONG, Answer, best_median_worst, retrieval_grid

GREEN, GREY = (0, 200, 0), (90, 90, 90)


def tile(colour, side=8):
    return np.full((side, side, 3), colour, np.uint8)


def answer(right, title="runway, AP 0.5"):
    return Answer(title, tile(GREEN), np.stack([tile(GREY)] * len(right)), right)


def area_of(sheet, colour):
    return np.argwhere((np.asarray(sheet) == colour).all(axis=2))


def test_marks_differ_in_colour_and_in_shape():
    sheet = retrieval_grid([answer([True, False])], tile=96)
    frames = area_of(sheet, RIGHT), area_of(sheet, WRONG)
    assert frames[0][:, 1].max() < frames[1][:, 1].min()  # the right one comes first
    for (area, middle), colour in zip(zip(frames, (False, True), strict=True), (RIGHT, WRONG), strict=True):
        bottom, right_edge = area.max(axis=0)
        centre = bottom + 1 - 96 // 7 - 3, right_edge + 1 - 96 // 7 - 3
        assert (tuple(np.asarray(sheet)[centre]) == colour) is middle


def test_results_follow_the_ranking_in_lines_of_five():
    shades = [(10 * number, 0, 200) for number in range(7)]
    ranked = Answer("", tile(GREEN), np.stack([tile(shade) for shade in shades]), [True] * 7)
    corners = [tuple(area_of(retrieval_grid([ranked]), shade).min(axis=0)) for shade in shades]
    assert corners == sorted(corners)
    assert len({row for row, _ in corners}) == 2


def test_the_query_is_twice_as_large():
    sheet = retrieval_grid([answer([True])], tile=64)
    assert np.ptp(area_of(sheet, GREEN)[:, 0]) > 1.9 * 64


def test_answers_stand_below_each_other_with_their_titles():
    one = retrieval_grid([answer([True] * 10)])
    two = np.asarray(retrieval_grid([answer([True] * 10)] * 2))
    assert two.shape == (2 * one.height, one.width, 3)
    assert np.array_equal(two[: one.height], two[one.height :])
    assert (two[:30] < 100).any()


def test_the_picture_is_readable_on_a_telephone():
    """390 px wide, a result still has a twelfth of an inch and more: 50 px."""
    sheet = retrieval_grid([answer([True] * 10)], tile=96)
    assert 390 * 96 / sheet.width > 50


def test_large_images_are_made_smaller():
    large = Answer("", tile(GREEN, 300), np.stack([tile(GREY, 300)]), [False])
    assert retrieval_grid([large]).size == retrieval_grid([answer([False])]).size


@pytest.mark.parametrize("marks", [[], [True, True]])
def test_marks_that_do_not_fit_are_refused(marks):
    with pytest.raises(BadInputError):
        Answer("", tile(GREEN), np.stack([tile(GREY)])[: len(marks) // 2], marks)


@pytest.mark.parametrize(("answers", "side"), [([], 96), ([answer([True])], 8)])
def test_nothing_to_draw_is_refused(answers, side):
    with pytest.raises(BadInputError):
        retrieval_grid(answers, side)


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        ([0.2, 0.9, 0.5], (1, 2, 0)),
        ([0.2, 0.9, 0.5, 0.4], (1, 2, 0)),  # of two middle ones the better
        ([0.5, 0.5, 0.5], (0, 1, 2)),
        ([np.nan, 0.3, np.nan], (1, 1, 1)),
    ],
)
def test_nobody_chooses_the_queries_to_show(values, rows):
    assert tuple(best_median_worst(values).values()) == rows


def test_the_median_query_is_as_good_as_the_median():
    values = np.random.default_rng(0).random(101)
    shown = {name: values[row] for name, row in best_median_worst(values).items()}
    assert shown == {"best": values.max(), "median": np.median(values), "worst": values.min()}


@pytest.mark.parametrize("values", [[], [np.nan]])
def test_queries_without_a_score_cannot_be_chosen_from(values):
    with pytest.raises(BadInputError, match="no query"):
        best_median_worst(values)
