from dataclasses import replace

import pytest
import torch

from tests.models.conftest import chance, score
from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.trained import Sizes
from zsr_lib.models.registry import create
from zsr_lib.models.zsl.sse import SseNet
from zsr_lib.training.config import Run

OPTIONS = {"features": {"backbone": "hog", "size": 64}, "semantics": "attributes"}


def test_shares_are_weighted_minima_with_each_template():
    net, features = SseNet(Sizes({"photo": 5}, 3)), torch.rand(4, 5)
    net.templates["photo"].data.copy_(torch.rand(3, 5))
    net.weights["photo"].data.copy_(torch.rand(5))
    net.units["photo"].data.fill_(2.0)
    net.mixed.copy_(torch.tensor([[1.0, 0, 0], [0, 0.5, 0.5], [0, 0, 1]]))
    found = net.shares("photo", features)
    torch.testing.assert_close(net.encode("photo", features)[:, 1], (found[:, 1] + found[:, 2]) / 2)
    for item, row in enumerate(found):
        for place, share in enumerate(row):
            least = [min(x, v) for x, v in zip(features[item], net.templates["photo"][place], strict=True)]
            total = sum(w / 2 * each for w, each in zip(net.weights["photo"], least, strict=True))
            torch.testing.assert_close(share, total)


def test_it_learns_to_name_seen_classes_by_mixtures(task):
    method = create("sse", OPTIONS | {"training": {"steps": 60, "batch_size": 32, "learning_rate": 0.003}})
    history = method.fit(task, Run(progress=False))
    for name in ("photo", "sketch"):
        losses = history.curve(name)[1]
        assert losses[-1] < 0.99 * losses[0]  # shares are small, and so is what a step changes
    assert score(method, task) > chance(task) + 0.03


def test_negative_features_and_numbers_out_of_range_are_refused(task):
    for items in task.dataset.items.values():
        assert items.features.min() >= 0
    spoilt = {name: replace(items, features=-items.features) for name, items in task.dataset.items.items()}
    negative = replace(task, dataset=replace(task.dataset, items=spoilt))
    with pytest.raises(BadInputError, match=r"features are negative[\s\S]*ReLU"):
        create("sse", OPTIONS | {"training": {"steps": 1, "batch_size": 8}}).fit(negative, Run(progress=False))
    for name in ("margin", "strength"):
        with pytest.raises(BadInputError, match=name):
            create("sse", {name: -1.0})
