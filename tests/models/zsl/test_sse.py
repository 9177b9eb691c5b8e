import torch

from tests.models.conftest import chance, score
from zsr_lib.models.bases.trained import Sizes
from zsr_lib.models.registry import create
from zsr_lib.models.zsl.sse import SseNet
from zsr_lib.training.config import Run

OPTIONS = {"features": {"backbone": "hog", "size": 64}, "semantics": "attributes"}


def test_shares_are_weighted_minima_with_each_template():
    net, features = SseNet(Sizes({"photo": 5}, 3)), torch.rand(4, 5)
    net.templates["photo"].data.copy_(torch.rand(3, 5))
    net.weights["photo"].data.copy_(torch.rand(5))
    found = net.encode("photo", features)
    for item, row in enumerate(found):
        for place, share in enumerate(row):
            least = [min(x, v) for x, v in zip(features[item], net.templates["photo"][place], strict=True)]
            total = sum(w * each for w, each in zip(net.weights["photo"], least, strict=True))
            torch.testing.assert_close(share, total)


def test_it_learns_to_name_seen_classes_by_mixtures(task):
    method = create("sse", OPTIONS | {"training": {"steps": 60, "batch_size": 32, "learning_rate": 0.003}})
    history = method.fit(task, Run(progress=False))
    for name in ("photo", "sketch"):
        losses = history.curve(name)[1]
        assert losses[-1] < 0.8 * losses[0]
    assert score(method, task) > chance(task) + 0.03
