import math

import pytest
import torch

from tests.losses import naive
from zsr_lib.errors import BadInputError
from zsr_lib.losses.supervised_contrastive import supervised_contrastive

LABELS = torch.tensor([0, 0, 0, 1, 1, 1, 2, 2, 3])
MODALITY = torch.tensor([0, 0, 1, 0, 1, 1, 0, 0, 1])


@pytest.mark.parametrize("cross_modal_only", [False, True])
@pytest.mark.parametrize("temperature", [0.05, 1.0])
def test_equals_its_formula(temperature, cross_modal_only, draw):
    """Class 2 has no other modality and class 3 a single item: both occur as negatives only."""
    codes = draw(9, 4)
    expected = naive.contrastive(codes.tolist(), LABELS.tolist(), MODALITY.tolist(), temperature, cross_modal_only)
    value = supervised_contrastive(codes, LABELS, MODALITY, temperature, cross_modal_only)
    assert value.item() == pytest.approx(expected)


def test_identical_codes_cost_the_logarithm_of_the_others(draw):
    """All similarities are equal: every one of the 8 others is as likely."""
    assert supervised_contrastive(torch.ones(9, 4), LABELS).item() == pytest.approx(math.log(8))


def test_gathered_classes_cost_the_logarithm_of_the_positives():
    """At a low temperature only the own class remains in the denominator: log 2 with two positives a row."""
    codes = torch.eye(3, dtype=torch.float64)[[0, 0, 0, 1, 1, 1, 2, 2, 2]]
    labels = torch.tensor([0, 0, 0, 1, 1, 1, 2, 2, 2])
    assert supervised_contrastive(codes, labels, temperature=0.01).item() == pytest.approx(math.log(2))


def test_length_and_rotation_of_codes_and_names_of_classes_do_not_matter(draw):
    codes, rotation, lengths = draw(9, 4), torch.linalg.qr(draw(4, 4))[0], draw(9, 1).exp()
    value = supervised_contrastive(codes, LABELS).item()
    assert supervised_contrastive(lengths * codes @ rotation, 10 - LABELS).item() == pytest.approx(value)


def test_exchanging_modalities_changes_nothing(draw):
    codes = draw(9, 4)
    values = [supervised_contrastive(codes, LABELS, each, cross_modal_only=True) for each in (MODALITY, MODALITY == 0)]
    assert torch.equal(*values)


def test_with_cross_modal_positives_the_own_modality_neither_attracts_nor_repels():
    """Two photos at +1, a sketch of their class at −1, a sketch of another class at +1."""
    codes, labels, modality = torch.tensor([[1.0], [1.0], [-1.0], [1.0]]), torch.tensor([0, 0, 0, 1]), [0, 0, 1, 1]
    photo, sketch = 1 + math.log(math.e + 1 / math.e), math.log(3)
    value = supervised_contrastive(codes, labels, torch.tensor(modality), 1.0, cross_modal_only=True)
    assert value.item() == pytest.approx((2 * photo + sketch) / 3)


@pytest.mark.parametrize(
    ("labels", "modality"),
    [([0], [0]), ([0, 1, 2], [0, 1, 0]), ([0, 0, 1], [1, 1, 0])],
    ids=["one row", "all classes differ", "one modality a class"],
)
def test_a_batch_without_a_positive_has_zero_gradients(labels, modality, draw):
    codes = draw(len(labels), 4)
    loss = supervised_contrastive(codes, torch.tensor(labels), torch.tensor(modality), cross_modal_only=True)
    loss.backward()
    assert loss == 0
    assert codes.grad.abs().max() == 0


def test_low_temperatures_do_not_overflow(draw):
    codes = draw(9, 4).detach().float().requires_grad_()
    loss = supervised_contrastive(codes, LABELS, temperature=1e-4)
    loss.backward()
    assert loss.isfinite()
    assert codes.grad.isfinite().all()


def test_descending_gathers_classes_across_modalities(draw):
    codes = draw(9, 4)
    for _ in range(200):
        (gradient,) = torch.autograd.grad(supervised_contrastive(codes, LABELS, MODALITY, 0.5, True), codes)
        with torch.no_grad():
            codes -= 0.2 * gradient
    unit = torch.nn.functional.normalize(codes.detach()[:6], dim=1)  # classes 2 and 3 have no positive
    near, labels, modality = unit @ unit.T, LABELS[:6], MODALITY[:6]
    pair = (labels[:, None] == labels) & (modality[:, None] != modality)
    assert near[pair].min() > 0.9
    assert near[labels[:, None] != labels].max() < 0


def test_bad_input(draw):
    codes = draw(9, 4)
    with pytest.raises(BadInputError, match="needs the modality"):
        supervised_contrastive(codes, LABELS, cross_modal_only=True)
    with pytest.raises(BadInputError, match="modality"):
        supervised_contrastive(codes, LABELS, MODALITY[:4], cross_modal_only=True)
    with pytest.raises(BadInputError, match="labels"):
        supervised_contrastive(codes, LABELS[:4])
    with pytest.raises(BadInputError, match="temperature is 0"):
        supervised_contrastive(codes, LABELS, temperature=0)
