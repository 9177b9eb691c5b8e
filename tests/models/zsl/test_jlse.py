import pytest
import torch

from tests.models.conftest import chance, score
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

OPTIONS = {"features": {"backbone": "hog", "size": 64}, "semantics": "attributes"}
TRAINING = {"training": {"steps": 60, "batch_size": 64}}


@pytest.fixture
def method(task):
    method = create("jlse", OPTIONS | TRAINING)
    method.history = method.fit(task, Run(progress=False))
    return method


def test_items_are_mixtures_and_the_table_learns(method, task):
    for name in ("photo", "sketch"):
        losses = method.history.curve(name)[1]
        assert losses[-1] < losses[0]
    assert score(method, task) > chance(task) + 0.03
    photos = task.photos("seen")
    mixture = method.net.mixture("photo", torch.from_numpy(method.features_of(photos)))
    torch.testing.assert_close(mixture.sum(dim=1), torch.ones(len(mixture)))
    assert mixture.min() >= 0


def test_its_maps_are_a_ridge_regression_to_the_mixtures_of_classes(method, task):
    photos = task.photos("seen")
    x = method.net.scaling["photo"](torch.from_numpy(method.features_of(photos))).double()
    place = {name: row for row, name in enumerate(task.seen)}
    y = method._mixed[[place[name] for name in photos.class_names]].double() - method.net.usual.double()
    w = method.net.maps["photo"].double().detach().requires_grad_()
    strength = (x * x).sum(dim=0).mean()
    ((x @ w - y).square().sum() + strength * w.square().sum()).backward()
    assert w.grad.norm() < 1e-3 * (x.T @ y).norm()


def test_a_regression_without_strength_is_refused():
    with pytest.raises(BadInputError, match="strength is 0"):
        create("jlse", {"strength": 0.0})
