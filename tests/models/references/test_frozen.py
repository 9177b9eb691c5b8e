import numpy as np

from zsr_lib.models.registry import create


def test_codes_are_the_features(task):
    method = create("frozen", {"features": {"backbone": "hog", "size": 64}})
    method.fit(task)
    gallery = task.gallery()
    np.testing.assert_array_equal(method.embed(gallery), gallery.features)
    assert method.trained_parts() == ()


def test_what_is_saved_names_the_features_of_every_modality_before_anything_is_embedded(task):
    method = create("frozen", {"features": {"backbone": "hog", "size": 64}})
    method.fit(task)
    assert list(method.about()["feature_keys"]) == ["photo", "sketch"]
