import numpy as np
import pytest
from matplotlib import colormaps

from zsr_lib.evaluation.confusion import Confusion
from zsr_lib.viz.confusion_map import SHADES, confusion_map
from zsr_lib.viz.page import height_of


def matrix(count, more=0):
    names = tuple(f"mobile home park {number}" for number in range(count + more))
    shares = np.random.default_rng(0).dirichlet(np.ones(count + more), count)
    return Confusion(names[:count], names, shares)


def test_every_share_is_a_cell_with_its_number(axis):
    confusion = matrix(3, more=1)
    confusion_map(axis, confusion)
    np.testing.assert_array_equal(axis.images[0].get_array(), confusion.shares)
    told = {text.get_position(): text.get_text() for text in axis.texts}
    assert told == {(column, row): f"{share:.2f}" for (row, column), share in np.ndenumerate(confusion.shares)}
    assert [text.get_text() for text in axis.get_yticklabels()] == list(confusion.queries)
    assert [text.get_text() for text in axis.get_xticklabels()] == list(confusion.gallery)


def test_numbers_stand_out_from_their_cells(axis):
    confusion_map(axis, matrix(6))
    luminance = np.array([0.2126, 0.7152, 0.0722])
    for text in axis.texts:
        column, row = text.get_position()
        shade = axis.images[0].to_rgba(axis.images[0].get_array()[row, column])[:3] @ luminance
        assert abs(shade - (text.get_color() == "white")) > 0.4


def test_many_classes_have_no_numbers_in_cells_and_numbered_columns(figure, axis):
    confusion_map(axis, matrix(25))
    assert not axis.texts
    assert [text.get_text() for text in axis.get_yticklabels()][:2] == ["mobile home park 0 1", "mobile home park 1 2"]
    assert [text.get_text() for text in axis.get_xticklabels()][:3] == ["1", "", "3"]


@pytest.mark.parametrize("count", [4, 10, 25])
def test_it_can_be_read(figure, axis, readable, count):
    figure.set_figheight(max(4.4, height_of(count)))
    confusion_map(axis, matrix(count))
    readable(figure)
    assert figure.axes[1].get_xlabel() == "share of the top R"


def test_shades_grow_in_lightness_for_readers_without_colour():
    grey = colormaps[SHADES](np.linspace(0, 1, 50))[:, :3] @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(grey) > 0).all()


def test_nothing_found_at_all_is_dark(axis):
    confusion_map(axis, Confusion(("a",), ("a", "b"), np.zeros((1, 2))))
    assert axis.images[0].norm(0.0) == 0
