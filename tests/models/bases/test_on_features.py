from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.shapes import TINY, shapes, shapes_task
from zsr_lib.errors import BadInputError
from zsr_lib.features import extractor as extracting
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import make_extractor
from zsr_lib.models.bases import on_features
from zsr_lib.models.registry import create


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path))


@pytest.fixture(scope="module")
def photos():
    return shapes().photos


def method_of(**features):
    return create("frozen", {"features": TINY | features})


def fitted_frozen():
    method = method_of()
    method.fit(shapes_task())
    return method


def test_features_are_the_extractors_and_it_is_made_once(photos):
    method = method_of()
    assert np.array_equal(method.features_of(photos), make_extractor(FeaturesConfig(**TINY))(photos))
    assert method.extractor("photo") is method.extractor("sketch")


def test_features_that_items_bring_along_are_used_only_if_they_are_its_own(photos):
    method = method_of()
    own = method.extractor("photo").attach(photos)
    marked = replace(own, features=own.features + 1)
    assert np.array_equal(method.features_of(marked), own.features + 1)
    foreign = replace(marked, feature_key="another")
    assert np.array_equal(method.features_of(foreign), own.features)
    with pytest.raises(BadInputError, match="of another extractor"):
        method.features_of(replace(foreign, pixels=None))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_attached_features_that_are_not_finite_name_the_first_items(photos, value):
    method = method_of()
    own = method.extractor("photo").attach(photos)
    features = own.features.copy()
    features[[3, 8, 20, 30], 7] = value
    named = ", ".join(photos.ids[[3, 8, 20]])
    with pytest.raises(BadInputError, match=rf"4 items are not finite, among them {named}\.\n.*look at these images"):
        method.features_of(replace(own, features=features))


def test_computed_features_that_are_not_finite_name_items_and_are_not_kept(photos, monkeypatch, tmp_path):
    def broken(*arguments):
        backbone = make_backbone(*arguments)
        with torch.no_grad():
            next(backbone.module.parameters()).fill_(torch.nan)
        return backbone

    make_backbone = extracting.make_backbone
    monkeypatch.setattr(extracting, "make_backbone", broken)
    monkeypatch.setattr(extracting, "_network_extractor", extracting._network_extractor.__wrapped__)  # nothing is kept
    with pytest.raises(BadInputError, match=rf"NaN or infinite[\s\S]*{photos.ids[0]}"):
        method_of().features_of(photos)
    assert not list(tmp_path.rglob("*.npz"))


def test_a_backbone_that_is_to_be_fine_tuned_has_no_features_before_that(photos):
    method = create("cnn_baseline", {"features": TINY, "finetune": {}})
    with pytest.raises(BadInputError, match=r"not fitted[\s\S]*fit\(task\)"):
        method.features_of(photos)


def test_other_weights_than_those_it_was_fitted_with_are_refused():
    about = fitted_frozen().about()
    assert about["feature_keys"] == dict.fromkeys(("photo", "sketch"), make_extractor(FeaturesConfig(**TINY)).key)
    method_of().restore({}, about)
    with pytest.raises(BadInputError, match=r"not the one that this system was fitted with \(photo\)"):
        method_of(seed=1).restore({}, about)


def test_what_the_backbone_has_seen_is_said(monkeypatch):
    method = fitted_frozen()
    assert method.about()["pretraining"] == {"weights": "none", "classes": 0}
    for classes, count in ((("a", "b"), 2), (None, None)):
        made = replace(make_extractor(FeaturesConfig(**TINY)), classes=classes)
        monkeypatch.setattr(on_features, "make_extractor", lambda *_, made=made: made)
        assert fitted_frozen().about()["pretraining"]["classes"] == count
