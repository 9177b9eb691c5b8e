import numpy as np

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
