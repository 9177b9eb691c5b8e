import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.losses.reconstruction import cross_reconstruction, legacy_cross_reconstruction


def test_by_hand():
    """Two rows: sketch residuals (3, 4) and (0, 0), photo residuals 2 and 2; (25 + 0) / 2 + 4, and 5 + √8."""
    residuals = torch.tensor([[3.0, 4.0], [0.0, 0.0]]), torch.zeros(2, 2), torch.full((2, 1), 2.0), torch.zeros(2, 1)
    assert cross_reconstruction(*residuals) == 16.5
    assert legacy_cross_reconstruction(*residuals).item() == pytest.approx(5 + 8**0.5)


@pytest.mark.parametrize("loss", [cross_reconstruction, legacy_cross_reconstruction])
def test_modalities_may_be_exchanged(loss, draw):
    decoded_sketch, sketch, decoded_photo, photo = draw(5, 3), draw(5, 3), draw(5, 4), draw(5, 4)
    exchanged = loss(decoded_photo, photo, decoded_sketch, sketch)
    assert loss(decoded_sketch, sketch, decoded_photo, photo).item() == pytest.approx(exchanged.item())


def test_perfect_reconstruction_is_zero(draw):
    photo, sketch = draw(5, 4), draw(5, 3)
    assert cross_reconstruction(sketch, sketch, photo, photo) == 0
    assert legacy_cross_reconstruction(sketch, sketch, photo, photo) == 0


def test_repeating_the_batch_changes_the_legacy_sum_only(draw):
    batch = draw(5, 3), draw(5, 3), draw(5, 4), draw(5, 4)
    twice = [torch.cat([each, each]) for each in batch]
    assert cross_reconstruction(*twice).item() == pytest.approx(cross_reconstruction(*batch).item())
    legacy = legacy_cross_reconstruction(*batch).item()
    assert legacy_cross_reconstruction(*twice).item() == pytest.approx(2**0.5 * legacy)


def test_features_of_the_own_modality_are_refused(draw):
    photo, sketch = draw(5, 4), draw(5, 3)
    with pytest.raises(BadInputError, match="sketch_from_photo"):
        cross_reconstruction(photo, sketch, sketch, photo)


def test_modalities_of_different_batches_are_refused(draw):
    with pytest.raises(BadInputError, match="rows of one batch"):
        cross_reconstruction(draw(5, 3), draw(5, 3), draw(6, 4), draw(6, 4))
