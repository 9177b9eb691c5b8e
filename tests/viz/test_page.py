import matplotlib.pyplot as plt

from zsr_lib.viz.page import SMALL, WIDTH, height_of, legend_below, page_figure


def test_the_smallest_letters_are_ten_pixels_high_on_a_telephone():
    assert SMALL / 72 / WIDTH * 390 > 10


def test_a_figure_is_one_column_wide_and_as_high_as_asked(figure):
    assert tuple(figure.get_size_inches()) == (WIDTH, 4.0)


def test_more_rows_take_more_room():
    figure = page_figure(height_of(30))
    assert figure.get_size_inches()[1] > 30 * SMALL / 72
    plt.close(figure)


def test_the_legend_lies_below_the_picture(figure, axis):
    (line,) = axis.plot([0, 1], label="a line")
    legend_below(figure, [line])
    figure.canvas.draw()
    (legend,) = figure.legends
    assert legend.get_window_extent().y1 < axis.get_tightbbox().y0
