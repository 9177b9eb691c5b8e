import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create

FEATURES = {"features": {"backbone": "hog", "size": 64}}


def test_seen_photos_and_sketches_get_mean_0_and_sd_1(task):
    method = create("standardised", FEATURES)
    method.fit(task)
    for items in (task.photos("seen"), task.sketches("seen")):
        codes = method.embed(items).astype(np.float64)
        np.testing.assert_allclose(codes.mean(axis=0), 0, atol=1e-4)
        np.testing.assert_allclose(codes.std(axis=0)[items.features.std(axis=0) > 1e-3], 1, rtol=1e-3)


def test_centring_only_keeps_the_spread(task):
    method = create("standardised", FEATURES | {"centre_only": True})
    method.fit(task)
    seen = task.photos("seen")
    np.testing.assert_allclose(method.embed(seen), seen.features - seen.features.mean(axis=0), atol=1e-5)


def test_whitened_features_are_the_standardised_ones_times_one_matrix(task):
    plain, white = create("standardised", FEATURES), create("standardised", FEATURES | {"whitening": 1.0})
    plain.fit(task)
    white.fit(task)
    matrix = white.whitening.matrix.numpy()
    for items in (task.photos("seen"), task.sketches("seen")):
        np.testing.assert_allclose(white.embed(items), plain.embed(items) @ matrix, atol=1e-4)


def test_a_shorter_code_keeps_the_directions_of_most_variance(task):
    whole, short = (create("standardised", FEATURES | {"whitening": 0.5, "dimension": size}) for size in (None, 7))
    whole.fit(task)
    short.fit(task)
    photos = task.photos("seen")
    np.testing.assert_allclose(short.embed(photos), whole.embed(photos)[:, :7], rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(
    ("options", "said"),
    [({"whitening": 1.5}, "whitening"), ({"dimension": 7}, "dimension"), ({"whitening": 1.0, "dimension": 0}, "dim")],
)
def test_impossible_whitening_is_refused(options, said):
    with pytest.raises(BadInputError, match=said):
        create("standardised", FEATURES | options)
