"""What these systems share, seen through EMS (no class vectors) and SAKE (with them)."""

import numpy as np
import pytest
import torch

from tests.models.shapes import shapes_task
from tests.models.zssbir.common import fitted
from zsr_lib.models.bases.pool import pool_of


@pytest.mark.parametrize("standardise", [False, True])
def test_features_are_measured_on_seen_classes_where_that_is_asked_for(standardise):
    method, _ = fitted("ems", code_size=8, standardise=standardise)
    for items in pool_of(shapes_task()):
        features = method.features_of(items).astype(float)
        scaled = method.net.scaling(items.modality, torch.from_numpy(features)).numpy()
        if standardise:
            np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-9)
        else:
            np.testing.assert_array_equal(scaled, features)


def test_class_vectors_have_unit_length():
    method, _ = fitted("sake", knowledge=0.0, semantics="random", code_size=8)
    assert method._vectors.shape == (4, 300)
    torch.testing.assert_close(method._vectors.norm(dim=1), torch.ones(4, dtype=torch.float64))
