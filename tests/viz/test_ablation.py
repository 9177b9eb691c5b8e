import numpy as np
import pytest

from zsr_lib.errors import UnknownNameError
from zsr_lib.experiments.averages import Value
from zsr_lib.viz.ablation import ablation_plot
from zsr_lib.viz.page import height_of

VALUES = {
    "all losses": Value(0.35, 0.01, 0.04, 3, 5),
    "without latent": Value(0.33, 0.02, 0.05, 3, 5),
    "without triplet": Value(0.21, None, 0.06, 1, 5),
    "code size 16": None,
}
NAME = "AP@all/std"


def half_widths(container):
    (bars,) = container.lines[2]
    return [(right - left) / 2 for left, right in np.array(bars.get_segments())[..., 0]]


def test_points_are_means_in_the_given_order(axis):
    ablation_plot(axis, VALUES, "all losses", NAME)
    points = next(line for line in axis.lines if line.get_marker() == "o")
    assert points.get_xydata().tolist() == [[0.35, 0], [0.33, 1], [0.21, 2]]
    assert [text.get_text() for text in axis.get_yticklabels()] == list(VALUES)
    assert axis.get_ylim()[0] > axis.get_ylim()[1]


def test_two_kinds_of_spread_differ_in_more_than_colour(axis):
    ablation_plot(axis, VALUES, "all losses", NAME)
    choices, seeds = axis.containers
    np.testing.assert_allclose(half_widths(choices), [0.04, 0.05, 0.06])
    np.testing.assert_allclose(half_widths(seeds), [0.01, 0.02])
    assert choices.lines[2][0].get_linewidth()[0] > 3 * seeds.lines[2][0].get_linewidth()[0]
    assert (len(choices.lines[1]), len(seeds.lines[1])) == (0, 2)  # ends


def test_a_line_marks_the_full_system(axis, figure):
    ablation_plot(axis, VALUES, "without latent", NAME)
    (line,) = (each for each in axis.lines if each.get_label() == "without latent")
    assert set(line.get_xdata()) == {0.33}
    told = {text.get_text() for text in figure.legends[0].get_texts()}
    assert told == {"± sd over class choices", "± sd over seeds", "mean", "without latent"}


def test_a_variant_without_runs_says_so_in_its_row(axis):
    ablation_plot(axis, VALUES, "all losses", NAME)
    assert [(text.get_text(), text.get_position()[1]) for text in axis.texts] == [("no complete runs", 3)]


def test_what_nobody_has_is_not_in_the_legend(axis, figure):
    ablation_plot(axis, {"one run": Value(0.3, None, None, 1, 1), "full": None}, "full", NAME)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["mean"]


def test_it_can_be_read(figure, axis, readable):
    values = {f"without reconstruction {number}": Value(0.3, 0.02, 0.05, 3, 3) for number in range(12)}
    figure.set_figheight(height_of(12))
    ablation_plot(axis, values, "without reconstruction 0", NAME)
    readable(figure)


def test_an_unknown_full_system_names_the_nearest(axis):
    with pytest.raises(UnknownNameError, match="all losses"):
        ablation_plot(axis, VALUES, "al losses", NAME)
