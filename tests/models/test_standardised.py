import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create

FEATURES = {"features": {"backbone": "hog", "size": 64}}


def test_it_ranks_generated_scenes_above_chance(check_method):
    check_method("standardised", FEATURES, margin=0.02)


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


def test_embedding_before_fitting_says_what_to_do(task):
    with pytest.raises(BadInputError, match="fit"):
        create("standardised", FEATURES).embed(task.gallery())


def test_a_fine_tuned_backbone_sees_seen_classes_only_and_comes_back_from_disk(check_method, task):
    tuning = {"training": {"steps": 3, "batch_size": 8}}
    features = {"backbone": "small_cnn", "weights": "none", "size": 32}
    method = check_method("standardised", {"features": features, "finetune": tuning}, margin=-1.0)
    parts = {part.name: part.classes for part in method.trained_parts()}
    assert parts == {"fine-tuned backbone": task.seen, "standardisation": task.seen}
