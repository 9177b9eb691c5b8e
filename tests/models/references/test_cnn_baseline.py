from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.conftest import score
from tests.models.shapes import shapes_task
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

QUIET = Run(progress=False)
PIXELS = {"backbone": "pixels", "size": 32}
OPTIONS = {"features": PIXELS, "training": {"steps": 100, "batch_size": 24}}


@pytest.fixture
def task():
    return shapes_task()


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
    state = {name: value.numpy() for name, value in method.state_dict().items()}
    for items in (task.gallery(), task.queries()):
        expected = method.features_of(items) @ state["net.layer.weight"].T + state["net.layer.bias"]
        codes = method.embed(items)
        np.testing.assert_allclose(codes, expected.clip(min=0), rtol=1e-4, atol=1e-4)
        assert codes.min() >= 0
