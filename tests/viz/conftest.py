import itertools

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pytest

from zsr_lib.viz.page import page_figure


@pytest.fixture
def figure():
    """As the book's pages have it."""
    figure = page_figure(4.0)
    yield figure
    plt.close(figure)


@pytest.fixture
def axis(figure):
    return figure.subplots()


@pytest.fixture
def readable():
    """Checks that nothing lies outside of the figure, that letters have 8 points, and that rows do not touch."""

    def check(figure):
        figure.draw_without_rendering()
        texts = [text for text in figure.findobj(matplotlib.text.Text) if text.get_text().strip()]
        assert min(text.get_fontsize() for text in texts) >= 8
        drawn, page = figure.get_tightbbox(), figure.get_size_inches()
        assert min(drawn.x0, drawn.y0) > -0.01
        assert drawn.x1 < page[0] + 0.01
        assert drawn.y1 < page[1] + 0.01
        for axis in figure.axes:
            rows = sorted((text.get_window_extent() for text in axis.get_yticklabels()), key=lambda box: box.y0)
            assert all(lower.y1 - 1.5 < upper.y0 for lower, upper in itertools.pairwise(rows))

    return check
