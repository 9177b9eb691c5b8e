import numpy as np

from zsr_lib.models.registry import create


def test_codes_are_the_features(task):
    method = create("frozen", {"features": {"backbone": "hog", "size": 64}})
    method.fit(task)
    gallery = task.gallery()
    np.testing.assert_array_equal(method.embed(gallery), gallery.features)
    assert method.trained_parts() == ()
