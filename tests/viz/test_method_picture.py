import matplotlib.pyplot as plt
import pytest

from zsr_lib.errors import UnknownNameError
from zsr_lib.viz.method_picture import MEANINGS, Box, method_picture


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def test_boxes_have_words_and_arrows_join_them(ax):
    boxes = {"x": Box(0, 0, "features"), "f": Box(2, 0, "encoder", "learned"), "loss": Box(2, 2, "latent", "loss")}
    method_picture(ax, boxes, [("x", "f"), ("f", "loss")])
    assert [text.get_text() for text in ax.texts] == ["features", "encoder", "latent", "", "", MEANINGS]
    assert [(arrow.xyann, arrow.xy) for arrow in ax.texts[3:5]] == [((0, 0), (2, 0)), ((2, 0), (2, 2))]


def test_an_arrow_to_nowhere_and_an_unknown_kind_are_refused(ax):
    with pytest.raises(UnknownNameError, match="'g'"):
        method_picture(ax, {"x": Box(0, 0, "features")}, [("x", "g")])
    with pytest.raises(UnknownNameError, match="'magic'"):
        method_picture(ax, {"x": Box(0, 0, "features", "magic")}, [])
