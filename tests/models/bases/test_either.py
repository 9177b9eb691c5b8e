from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.shapes import SPLIT, shapes, shapes_task
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

QUIET = Run(progress=False)
FEW = {"training": {"steps": 2, "batch_size": 8}}
PIXELS = {"features": {"backbone": "pixels", "size": 16}}


def fitted(options, name="siamese_cnn", task=None):
    method = create(name, FEW | options)
    method.fit(task or shapes_task(), QUIET)
    return method


def test_features_are_standardised_by_the_seen_items_of_their_modality():
    method, task = fitted(PIXELS), shapes_task()
    seen = torch.from_numpy(method.features_of(task.sketches("seen")))
    torch.testing.assert_close(method.bands["sketch"].mean, seen.double().mean(dim=0).float())
    inputs = method.as_input("sketch", seen.numpy())
    assert inputs.mean(dim=0).abs().max() < 1e-4
    codes = method.net.upper["sketch"](inputs).detach().numpy()
    np.testing.assert_allclose(method.embed(task.sketches("seen")), codes, atol=1e-5)


def test_shared_weights_are_one_module_and_others_are_two():
    shared, apart = fitted({"size": 32}), fitted({"size": 48}, "shape_3d")
    assert shared.net.lower["photo"][0][1] is shared.net.lower["sketch"][0][1]
    assert apart.net.lower["photo"][0][1] is not apart.net.lower["sketch"][0][1]


def test_what_is_shared_must_fit_both_modalities():
    by = {"by": {"sketch": {"backbone": "pixels", "size": 8}}}
    with pytest.raises(BadInputError, match=r"shares its weights[\s\S]*one backbone"):
        fitted({"features": PIXELS["features"] | by})
    assert fitted({"features": PIXELS["features"] | by}, "shape_3d").sizes["features"] == {"photo": 256, "sketch": 64}


def test_pictures_that_are_too_small_for_the_layers_are_refused():
    with pytest.raises(BadInputError, match=r"more layers than pictures of 64 pixels[\s\S]*larger size"):
        fitted({"size": 64}, "san")


@pytest.mark.parametrize("options", [PIXELS, {"size": 32}], ids=["features", "pixels"])
def test_a_modality_that_was_not_there_is_refused(options):
    with pytest.raises(BadInputError, match=r"'sonar'[\s\S]*photo or sketch"):
        fitted(options).embed(replace(shapes_task().gallery(), modality="sonar"))


def test_one_class_is_nothing_to_tell_apart():
    one = build_task(shapes(), replace(SPLIT, seen=SPLIT.seen[:1]), validation_classes=0)
    with pytest.raises(BadInputError, match="fewer than two classes"):
        fitted({"size": 32, "training": {"steps": 1, "batch_size": 4}}, task=one)


def test_on_pixels_no_extractor_is_named():
    about = fitted({"size": 32}).about()
    assert about["feature_keys"] == {}
    assert about["pretraining"] == {"weights": "none", "classes": 0}


PICTURED = {
    "san": {"size": 96, "width": 0.1, "code_size": 32, "dropout": 0.0},
    "shape_3d": {"size": 48},
    "dsh": {"size": 48, "width": 0.1, "hidden": (32,), "bits": 12, "semantics": "onehot"},
    "gdh": {"size": 32, "width": 2, "blocks": 1, "backbone": "small_cnn", "bits": 12, "augment": False},
}


@pytest.mark.parametrize("name", PICTURED)
def test_on_pixels_the_losses_fall(name):
    training = {"steps": 30, "batch_size": 12, "update_every": 30, "learning_rate": 0.002}
    history = create(name, PICTURED[name] | {"training": training}).fit(shapes_task(), QUIET)
    totals = history.curve("total")[1]
    assert np.mean(totals[-5:]) < 0.9 * np.mean(totals[:5])


def test_a_third_modality_is_refused():
    task = shapes_task()
    third = replace(task.dataset.items["sketch"], modality="drawing")
    dataset = replace(task.dataset, items=dict(task.dataset.items) | {"drawing": third})
    with pytest.raises(BadInputError, match="two modalities"):
        fitted(PIXELS, task=build_task(dataset, SPLIT, validation_classes=0))


def test_on_pixels_there_is_no_extractor():
    with pytest.raises(BadInputError, match="stands on pixels"):
        create("siamese_cnn").extractor("sketch")
