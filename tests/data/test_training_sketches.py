import numpy as np
import pytest

from zsr_lib.data.items import ItemSet
from zsr_lib.data.training_sketches import drawn_sketches, training_sketches
from zsr_lib.errors import BadInputError

CLASSES = ("river", "runway", "harbor")


def make_sketches(origin, labels, style="", side=2):
    ids = np.array([f"{CLASSES[label]}/{row}@{origin}{style}" for row, label in enumerate(labels)])
    return ItemSet(
        ids, np.array(labels, dtype=np.int64), CLASSES, "sketch", origin, np.zeros((len(ids), side, side, 3), np.uint8)
    )


def test_own_sketches_come_first_and_drawn_ones_fill_the_gaps():
    own, drawn = make_sketches("hand", [1, 1]), make_sketches("machine", [0, 1, 2])
    found = training_sketches(own, drawn, ("river", "runway"))
    assert found.ids.tolist() == ["runway/0@hand", "runway/1@hand", "river/0@machine"]
    assert found.origin == "machine"
    assert training_sketches(own, drawn, ("runway",)).origin == "hand"


@pytest.mark.parametrize(
    ("own", "drawn"), [(make_sketches("hand", [0, 1]), None), (None, make_sketches("machine", [0, 1]))]
)
def test_one_kind_is_enough_and_classes_with_neither_are_named(own, drawn):
    assert len(training_sketches(own, drawn, ("river", "runway"))) == 2
    with pytest.raises(BadInputError, match="no sketch to train on of: harbor") as caught:
        training_sketches(own, drawn, CLASSES)
    assert "draw_items" in caught.value.remedy


def test_no_class_asked_for_gives_none_of_them():
    assert len(training_sketches(make_sketches("hand", [0]), None, ())) == 0
    with pytest.raises(BadInputError, match="none were drawn"):
        training_sketches(None, None, ())


def test_styles_are_joined_and_other_classes_dropped():
    canny, contour = make_sketches("machine", [0, 1, 2], "-canny"), make_sketches("machine", [0, 1, 2], "-contour")
    both = drawn_sketches([canny, contour], CLASSES, ("runway", "harbor"))
    assert both.ids.tolist() == [
        f"{name}@machine-{style}" for style in ("canny", "contour") for name in ("runway/1", "harbor/2")
    ]
    np.testing.assert_array_equal(drawn_sketches(canny, CLASSES, ("river",)).ids, ["river/0@machine-canny"])
    assert drawn_sketches(None, CLASSES, CLASSES) is drawn_sketches([], CLASSES, CLASSES) is None


def test_hand_sketches_cannot_hide_among_drawn_ones():
    with pytest.raises(BadInputError, match="origin 'hand'"):
        drawn_sketches([make_sketches("machine", [0]), make_sketches("hand", [1])], CLASSES, CLASSES)


def test_one_style_twice_or_two_sizes_are_refused():
    drawn = make_sketches("machine", [0])
    with pytest.raises(BadInputError, match="ids repeat"):
        drawn_sketches([drawn, drawn], CLASSES, CLASSES)
    with pytest.raises(BadInputError, match="different sizes"):
        drawn_sketches([drawn, make_sketches("machine", [0], "-big", side=4)], CLASSES, CLASSES)
