from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.shapes import TINY, shapes_task, with_names, with_partners
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

OPTIONS = {"features": TINY, "training": {"steps": 20, "batch_size": 8, "learning_rate": 1e-3, "precision": "float64"}}


@pytest.fixture(scope="module")
def task():
    return with_names(shapes_task())


def fitted(task, **options):
    made = create("dp_clip", OPTIONS | options)
    made.fit(task, Run(progress=False))
    return made


def test_it_starts_as_standardised_features_and_training_moves_it(task):
    method = fitted(task)
    photos = task.gallery()
    inputs = torch.from_numpy(method.features_of(photos)).double()
    size = method.net.sizes[0]
    with torch.no_grad():
        plain = method.net.norm.normalized_shape and torch.nn.functional.layer_norm(
            method.net.scaling["photo"](inputs[:, :size]), (size,)
        )
        moved = np.abs(method.embed(photos) - torch.nn.functional.normalize(plain, dim=1).numpy()).max()
        for each in (method.net.scale[1], method.net.out):
            torch.nn.init.zeros_(each.weight)
            torch.nn.init.zeros_(each.bias)
        torch.nn.init.ones_(method.net.norm.weight)
        torch.nn.init.zeros_(method.net.norm.bias)
    assert moved > 1e-3
    np.testing.assert_allclose(method.embed(photos), torch.nn.functional.normalize(plain, dim=1), atol=1e-6)


def test_support_is_the_first_three_of_that_name_and_codes_depend_on_it(task):
    method, photos = fitted(task), task.gallery()
    rows, size = method.features_of(photos), method.net.sizes[0]
    support = rows[:, -3 * size :].reshape(len(photos), 3, size)
    for row, name in enumerate(photos.class_names):
        first = np.flatnonzero(photos.class_names == name)[:3]
        np.testing.assert_array_equal(support[row], rows[first, :size])
    alone = photos.take([len(photos) - 1])
    assert np.abs(method.embed(alone) - method.embed(photos)[-1]).max() > 1e-5
    without = fitted(task, prompts=False)
    np.testing.assert_allclose(without.embed(alone)[0], without.embed(photos)[-1], atol=1e-6)


def test_another_name_scales_other_channels(task):
    photos = task.gallery()
    renamed = replace(photos, sentences=np.array(["something else"] * len(photos)))
    scaled, plain = (fitted(task, prompts=False, scales=each) for each in (True, False))
    assert np.abs(scaled.embed(photos) - scaled.embed(renamed)).max() > 1e-5
    np.testing.assert_array_equal(plain.embed(photos), plain.embed(renamed))


def test_items_that_do_not_tell_their_class_are_refused():
    with pytest.raises(BadInputError, match="do not say what their class is called"):
        create("dp_clip", OPTIONS).fit(with_partners(shapes_task()), Run(progress=False))
