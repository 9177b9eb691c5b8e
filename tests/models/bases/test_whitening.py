import numpy as np
import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.whitening import FLOOR, Whitening


def _features(count, seed):
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randn(count, 5, generator=generator) @ torch.randn(5, 5, generator=generator)
    return drawn - drawn.mean(dim=0)


def test_a_share_of_the_way_leaves_the_variances_that_the_formula_says():
    photos, sketches = _features(400, 0), _features(100, 1)
    whitening = Whitening(5, 5)
    whitening.measure([photos, sketches], 0.5)
    both = sum(np.cov(whitening(each).numpy().T, bias=True) for each in (photos, sketches)) / 2
    variances = (
        np.linalg.svd(
            np.concatenate([photos.numpy() / np.sqrt(800), sketches.numpy() / np.sqrt(200)]), compute_uv=False
        )
        ** 2
    )
    expected = variances / (variances + FLOOR * variances.mean()) ** 0.5
    np.testing.assert_allclose(both, np.diag(expected), atol=1e-5)


def test_without_any_share_cosines_stay():
    features = _features(50, 2)
    whitening = Whitening(5, 5)
    whitening.measure([features], 0.0)
    np.testing.assert_allclose(whitening(features) @ whitening(features).T, features @ features.T, atol=1e-4)


def test_more_dimensions_than_there_are_and_unlike_modalities_are_refused():
    with pytest.raises(BadInputError, match=r"dimension[\s\S]*1 … 5"):
        Whitening(5, 6)
    with pytest.raises(BadInputError, match="one backbone"):
        Whitening(5, 5).measure([torch.zeros(2, 5), torch.zeros(2, 4)], 1.0)
