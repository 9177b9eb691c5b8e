import math

import pytest
import torch

from tests.losses import naive
from zsr_lib.errors import BadInputError
from zsr_lib.losses.classification import classification, cross_modal_classification

LABELS = torch.tensor([0, 3, 1, 1, 2])


def test_equal_scores_cost_the_logarithm_of_the_number_of_classes():
    scores = torch.full((5, 4), 7.0)
    assert cross_modal_classification(scores, scores, LABELS).item() == pytest.approx(2 * math.log(4))
    assert cross_modal_classification(scores, scores, LABELS, 0.3).item() == pytest.approx(2 * math.log(4))


def test_two_classes_are_a_logistic_loss():
    assert classification(torch.tensor([[2.0, 0.0]]), torch.tensor([0])).item() == pytest.approx(
        math.log1p(math.exp(-2))
    )


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
def test_label_smoothing_equals_its_formula(smoothing, draw):
    photo, sketch = draw(5, 4), draw(5, 4)
    expected = naive.both_cross_entropies(photo.tolist(), sketch.tolist(), LABELS.tolist(), smoothing)
    assert cross_modal_classification(photo, sketch, LABELS, smoothing).item() == pytest.approx(expected)


def test_exchanging_modalities_or_renaming_classes_changes_nothing(draw):
    photo, sketch, renamed = draw(5, 4), draw(5, 4), torch.tensor([2, 0, 3, 1])
    value = cross_modal_classification(photo, sketch, LABELS).item()
    assert cross_modal_classification(sketch, photo, LABELS).item() == pytest.approx(value)
    at = renamed.argsort()
    assert cross_modal_classification(photo[:, at], sketch[:, at], renamed[LABELS]).item() == pytest.approx(value)


def test_very_large_scores_stay_finite():
    scores = torch.tensor([[1e4, -1e4]], requires_grad=True)
    loss = classification(scores, torch.tensor([1]))
    loss.backward()
    assert loss == 2e4
    assert scores.grad.tolist() == [[1, -1]]


def test_one_class_leaves_nothing_to_learn():
    scores = torch.randn(3, 1).requires_grad_()
    loss = classification(scores, torch.zeros(3, dtype=torch.int64))
    loss.backward()
    assert loss == 0
    assert scores.grad.abs().max() == 0


@pytest.mark.parametrize("label", [-1, 4, -100])
def test_labels_outside_the_classes_are_refused(label, draw):
    labels = LABELS.clone()
    labels[2] = label
    with pytest.raises(BadInputError, match="there are 4 classes"):
        classification(draw(5, 4), labels)


def test_smoothing_has_a_range(draw):
    with pytest.raises(BadInputError, match="below 1"):
        classification(draw(5, 4), LABELS, 1.0)
    with pytest.raises(BadInputError, match="label_smoothing"):
        classification(draw(5, 4), LABELS, -0.1)
