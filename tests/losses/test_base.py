import math

import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.losses.base import matching_rows, number, row_labels


def test_rows_come_back_as_given_in_their_order():
    first, second = torch.zeros(2, 3), torch.ones(2, 3, dtype=torch.float64)
    assert [each is given for each, given in zip(matching_rows(a=first, b=second), (first, second), strict=True)]
    assert matching_rows(b=second, a=first)[0] is second


def test_the_message_names_the_argument_and_both_shapes():
    with pytest.raises(
        BadInputError, match=r"sketch is a tensor of shape \(2, 4\).* photo is a tensor of shape \(2, 3\)"
    ):
        matching_rows(photo=torch.zeros(2, 3), sketch=torch.zeros(2, 4))
    with pytest.raises(BadInputError, match=r"sketch has type torch\.int64"):
        matching_rows(photo=torch.zeros(2, 3), sketch=torch.zeros(2, 3, dtype=torch.int64))
    with pytest.raises(BadInputError, match="photo is a list"):
        matching_rows(photo=[[1.0]])


def test_other_devices_are_refused():
    with pytest.raises(BadInputError, match="on meta"):
        matching_rows(photo=torch.zeros(2, 3), sketch=torch.zeros(2, 3, device="meta"))


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.int32, torch.int64])
def test_labels_of_any_whole_type(dtype):
    assert row_labels("labels", torch.ones(2, dtype=dtype), torch.zeros(2, 3)).tolist() == [1, 1]


@pytest.mark.parametrize("labels", [torch.zeros(3).long(), torch.zeros(2, 1).long(), torch.zeros(2), [0, 1]])
def test_labels_that_do_not_fit(labels):
    with pytest.raises(BadInputError, match="labels"):
        row_labels("labels", labels, torch.zeros(2, 3))


def test_numbers_have_a_range():
    assert number("margin", 0) == 0
    for value in (-1, math.nan, math.inf):
        with pytest.raises(BadInputError, match="margin"):
            number("margin", value)
    with pytest.raises(BadInputError, match="above 0"):
        number("temperature", 0, above=True)
