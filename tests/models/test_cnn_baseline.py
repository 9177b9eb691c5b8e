from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.conftest import score
from tests.models.shapes import shapes_task, spoilt_task
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

QUIET = Run(progress=False)
PIXELS = {"backbone": "pixels", "size": 32}
OPTIONS = {"features": PIXELS, "training": {"steps": 100, "batch_size": 24}}


@pytest.fixture
def task():
    return shapes_task()


@pytest.fixture
def poisoned():
    return spoilt_task()


def test_it_learns_without_looking_at_unseen_classes_and_comes_back_from_disk(check_method, task):
    method = check_method("cnn_baseline", OPTIONS, margin=0.05)
    codes = method.embed(task.gallery())
    assert codes.shape == (len(task.gallery()), 128)
    assert codes.dtype == np.float32
    assert codes.min() >= 0
    assert [(part.name, part.classes) for part in method.trained_parts()] == [("heads", task.seen)]


def test_it_tells_the_seen_classes_apart_where_the_features_do_not(task):
    method, frozen = create("cnn_baseline", OPTIONS), create("frozen", {"features": PIXELS})
    history = method.fit(task, QUIET)
    frozen.fit(task, QUIET)
    losses = history.curve("classification")[1]
    assert losses[-1] < 0.2 < losses[0]
    seen = replace(task, unseen=task.seen, seen=task.unseen, auxiliary=())
    assert score(method, seen) > score(frozen, seen) + 0.2
    for items in (task.photos("seen"), task.sketches("seen")):
        with torch.no_grad():
            guesses = method.net.classifier(torch.from_numpy(method.embed(items))).argmax(dim=1)
        assert np.mean(np.array(task.seen)[guesses] == items.class_names) > 0.95


def test_the_code_is_the_rectified_layer_and_both_modalities_share_it(task):
    method = create("cnn_baseline", OPTIONS | {"code_size": 16})
    method.fit(task, QUIET)
    state = {name: value.numpy() for name, value in method.state().items()}
    for items in (task.gallery(), task.queries()):
        expected = method.features_of(items) @ state["net.layer.weight"].T + state["net.layer.bias"]
        np.testing.assert_allclose(method.embed(items), expected.clip(min=0), rtol=1e-4, atol=1e-4)


def test_the_seed_decides(task):
    fitted = [create("cnn_baseline", OPTIONS) for _ in range(3)]
    for method, seed in zip(fitted, (0, 0, 1), strict=True):
        method.fit(task, Run(seed=seed, progress=False))
    first, second, other = (method.state()["net.layer.weight"] for method in fitted)
    assert torch.equal(first, second)
    assert not torch.allclose(first, other)
