import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.losses.classification import classification
from zsr_lib.losses.margin_softmax import margin_softmax

LABELS = torch.tensor([0, 2, 1])


def test_a_margin_of_one_is_softmax(draw):
    logits = -draw(3, 4).square()
    assert margin_softmax(logits, LABELS).item() == pytest.approx(classification(logits, LABELS).item(), rel=1e-12)


def test_it_grows_with_the_margin_where_logits_are_negative(draw):
    logits = -draw(3, 4).square()
    losses = [margin_softmax(logits, LABELS, margin).item() for margin in (1.0, 1.5, 2.0, 4.0)]
    assert losses == sorted(set(losses))


def test_at_margin_two_an_item_half_as_far_from_its_centre_is_undecided():
    logits = torch.tensor([[-3.0, -6.0]])
    assert margin_softmax(logits, torch.tensor([0]), 2.0).item() == pytest.approx(torch.tensor(2.0).log().item())


@pytest.mark.parametrize("margin", [0.5, -1.0, float("nan"), float("inf")])
def test_what_is_no_margin_is_refused(margin):
    with pytest.raises(BadInputError, match="margin"):
        margin_softmax(-torch.ones(3, 4), LABELS, margin)


def test_labels_out_of_range_are_refused():
    with pytest.raises(BadInputError, match="labels run from 0 to 2"):
        margin_softmax(-torch.ones(3, 2), LABELS)
