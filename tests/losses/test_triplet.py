import pytest
import torch

from tests.losses import naive
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.losses.triplet import (
    cross_modal_triplet,
    cross_triplet,
    legacy_batch_mean_triplet,
    row_distances,
)

# On a line: distances to positives are 1 and 1, to negatives 2 and 10.
ANCHOR, POSITIVE, NEGATIVE = torch.zeros(2, 1), torch.ones(2, 1), torch.tensor([[2.0], [10.0]])


def test_the_hinge_acts_on_rows_and_in_the_legacy_form_on_means():
    """Row 1 misses a margin of 3 by 2, row 2 has it: mean(2, 0) = 1, although 1 − 6 + 3 < 0 on average."""
    assert cross_triplet(ANCHOR, POSITIVE, NEGATIVE, 3.0).item() == pytest.approx(1)
    assert legacy_batch_mean_triplet(ANCHOR, POSITIVE, NEGATIVE, 3.0) == 0


def test_the_legacy_form_is_never_larger(draw):
    batches = [(draw(8, 3), draw(8, 3), draw(8, 3)) for _ in range(20)]
    gaps = [(cross_triplet(*each) - legacy_batch_mean_triplet(*each)).item() for each in batches]
    assert min(gaps) > -1e-12
    assert max(gaps) > 0.01


@pytest.mark.parametrize("margin", [0.0, 0.5, 2.0])
def test_margins(margin, draw):
    batch = [draw(20, 3) for _ in range(3)]
    expected = naive.triplet(*(each.tolist() for each in batch), margin)
    assert cross_triplet(*batch, margin).item() == pytest.approx(expected)


def test_both_anchors_are_the_sum_of_the_two(draw):
    batch = [draw(5, 3) for _ in range(4)]
    photo, sketch = (cross_modal_triplet(*batch, anchors=each) for each in ("photo", "sketch"))
    assert torch.equal(cross_modal_triplet(*batch), photo + sketch)
    assert photo.item() == pytest.approx(naive.triplet(batch[0].tolist(), batch[1].tolist(), batch[3].tolist()))


def test_exchanging_modalities_exchanges_the_anchors(draw):
    photo, sketch, other_photo, other_sketch = (draw(5, 3) for _ in range(4))
    exchanged = cross_modal_triplet(sketch, photo, other_sketch, other_photo, anchors="sketch")
    assert torch.equal(cross_modal_triplet(photo, sketch, other_photo, other_sketch, anchors="photo"), exchanged)


def test_one_kind_of_anchor_needs_one_kind_of_negative(draw):
    photo, sketch, other = draw(5, 3), draw(5, 3), draw(5, 3)
    assert cross_modal_triplet(photo, sketch, None, other, anchors="photo").isfinite()
    assert cross_modal_triplet(photo, sketch, other, None, anchors="sketch").isfinite()
    with pytest.raises(BadInputError, match="sketch anchors have no negatives"):
        cross_modal_triplet(photo, sketch, None, other)


def test_a_satisfied_batch_has_zero_gradients(draw):
    anchor = draw(4, 3)
    loss = cross_triplet(anchor, anchor.detach(), anchor.detach() + 100)
    loss.backward()
    assert loss == 0
    assert anchor.grad.abs().max() == 0


def test_distance_zero_has_a_zero_gradient_and_small_distances_are_right():
    left = torch.zeros(1, 2).requires_grad_()
    row_distances(left, left.detach()).sum().backward()
    assert left.grad.tolist() == [[0, 0]]
    assert row_distances(torch.zeros(1, 1), torch.full((1, 1), 1e-3)).item() == pytest.approx(1e-3, rel=1e-5)


def test_bad_options(draw):
    batch = [draw(5, 3) for _ in range(4)]
    with pytest.raises(BadInputError, match="margin is -1"):
        cross_modal_triplet(*batch, margin=-1)
    with pytest.raises(UnknownNameError, match="did you mean photo"):
        cross_modal_triplet(*batch, anchors="photos")
