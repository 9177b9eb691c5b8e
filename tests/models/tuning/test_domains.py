from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.features.conftest import items_of
from zsr_lib.errors import BadInputError
from zsr_lib.features.backbones import make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.maps import Maps
from zsr_lib.features.views import Turns
from zsr_lib.models.tuning.domains import MapInputs, Source, class_numbers
from zsr_lib.training.augment import PhotoAugmentation
from zsr_lib.training.config import Run

QUIET = Run(progress=False)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def backbone():
    return make_backbone(FeaturesConfig(size=32))


@pytest.fixture
def items():
    return items_of(np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8))


def test_maps_come_in_the_version_that_is_asked_for_or_drawn():
    values = (10 * np.arange(4)[:, None] + np.arange(3))[..., None, None, None].astype(np.float16)
    inputs, rows = MapInputs(Maps(values, "key"), "cpu"), np.array([3, 0, 0])
    assert (inputs.key, inputs.versions) == ("key", 3)
    assert inputs.at(rows).flatten().tolist() == [30, 0, 0]
    assert inputs.at(rows, 2).flatten().tolist() == [32, 2, 2]
    views = np.random.default_rng(7).integers(0, 3, 3)
    drawn = inputs.changed(rows, 0, np.random.default_rng(7))
    assert drawn.dtype == torch.float32
    assert drawn.flatten().tolist() == (10 * rows + views).tolist()


def test_pixels_are_changed_anew_in_every_batch_and_the_same_in_one(backbone, items):
    inputs, rows = Source("own", items, PhotoAugmentation()).inputs(backbone, None, QUIET), np.array([4, 1])
    dice = np.random.default_rng(0)
    first, second = inputs.changed(rows, 0, dice), inputs.changed(rows, 1, dice)
    assert torch.equal(first, inputs.changed(rows, 0, dice))
    assert not torch.equal(first, second)
    assert torch.equal(inputs.at(rows), backbone.preprocess(items.pixels[rows]))
    plain = Source("own", items, None).inputs(backbone, None, QUIET)
    assert torch.equal(plain.changed(rows, 3, dice), inputs.at(rows))
    assert plain.key != inputs.key


@pytest.mark.parametrize("block", [None, 1])
def test_items_without_pixels_are_refused(backbone, items, block):
    with pytest.raises(BadInputError, match="photo items have no pixels"):
        Source("own", replace(items, pixels=None), Turns((0,))).inputs(backbone, block, QUIET)


def test_classes_that_do_not_occur_get_no_number():
    pixels = np.zeros((4, 32, 32, 3), np.uint8)
    classes = tuple("abcdefg")
    photos = replace(items_of(pixels), labels=np.array([6, 2, 2, 6]), classes=classes)
    sketches = replace(items_of(pixels, "sketch"), labels=np.array([4, 4, 2, 2]), classes=classes)
    assert [each.tolist() for each in class_numbers([photos, sketches])] == [[2, 0, 0, 2], [1, 1, 0, 0]]
