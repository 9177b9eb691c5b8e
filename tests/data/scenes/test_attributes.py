import numpy as np
import pytest

from zsr_lib.data.scenes import attribute_matrix, attribute_meanings, attribute_names, class_names
from zsr_lib.errors import UnknownNameError


def test_every_class_has_a_row_of_allowed_values():
    matrix = attribute_matrix(class_names())
    assert matrix.shape == (20, len(attribute_names()))
    assert matrix.dtype == np.float32
    assert set(np.unique(matrix)) == {0, 0.5, 1}


def test_no_two_classes_are_equal_and_no_attribute_is_idle():
    matrix = attribute_matrix(class_names())
    apart = np.abs(matrix[:, None] - matrix[None]).sum(-1) + 9 * np.eye(20)
    assert apart.min() >= 2
    assert (matrix.max(0) == 1).all()
    assert (matrix.min(0) == 0).all()


def test_every_attribute_is_explained():
    meanings = attribute_meanings()
    assert tuple(meanings) == attribute_names()
    assert all(len(line) > 15 for line in meanings.values())


def test_rows_follow_the_order_asked_for():
    both = attribute_matrix(["river", "airplane"])
    assert np.array_equal(both[::-1], attribute_matrix(["airplane", "river"]))
    assert both[0, attribute_names().index("water")] == 1
    assert both[1, attribute_names().index("winged")] == 1


def test_no_class_gives_an_empty_matrix():
    assert attribute_matrix([]).shape == (0, len(attribute_names()))


def test_unknown_classes_are_refused():
    with pytest.raises(UnknownNameError, match="did you mean harbor"):
        attribute_matrix(["habor"])
