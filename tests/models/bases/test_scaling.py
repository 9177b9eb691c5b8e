import numpy as np
import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.scaling import Scaling

WIDE = np.random.default_rng(0).normal([100, -3, 0, 5], [10, 0.01, 0, 1e-9], (50, 4)).astype(np.float32)
"""Features with a large spread, a small one, none, and less than rounding leaves."""


def measured(floor=0.0, **options):
    scaling = Scaling(4, floor)
    scaling.measure(torch.from_numpy(WIDE), **options)
    return scaling


def test_until_something_is_measured_nothing_changes():
    features = torch.from_numpy(WIDE)
    assert torch.equal(Scaling(4)(features), features)


def test_mean_and_spread_are_numpys():
    made = measured()(torch.from_numpy(WIDE)).numpy()
    centred = WIDE.astype(np.float64) - WIDE.astype(np.float64).mean(0)
    np.testing.assert_allclose(made[:, :2], centred[:, :2] / WIDE[:, :2].astype(np.float64).std(0), atol=1e-3)
    np.testing.assert_allclose(made[:, 2:], centred[:, 2:], atol=1e-5)


def test_the_floor_takes_the_place_of_smaller_spreads():
    scaling = measured(floor=0.2)
    np.testing.assert_allclose(scaling.scale.numpy(), [WIDE[:, 0].astype(np.float64).std(), 0.2, 0.2, 0.2], rtol=1e-6)


def test_centring_only_keeps_the_spread():
    made = measured(centre_only=True)(torch.from_numpy(WIDE)).numpy()
    np.testing.assert_allclose(made, WIDE - WIDE.astype(np.float64).mean(0), atol=1e-5)


def test_items_that_come_later_do_not_move_what_was_measured():
    scaling = measured()
    alone = scaling(torch.from_numpy(WIDE[:1]))
    assert torch.equal(scaling.train()(torch.from_numpy(np.concatenate([WIDE[:1], WIDE + 50])))[:1], alone)


def test_what_was_measured_comes_back_from_the_state():
    again = Scaling(4)
    again.load_state_dict(measured().state_dict())
    assert torch.equal(again(torch.ones(1, 4)), measured()(torch.ones(1, 4)))


def test_nothing_to_measure_says_so():
    with pytest.raises(BadInputError, match="no training items"):
        Scaling(4).measure(torch.empty(0, 4))
