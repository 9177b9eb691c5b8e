import pytest
import torch

from tests.models.conftest import chance, score
from tests.models.shapes import shapes_task
from zsr_lib.models.hashing.dsh import Dsh, DshConfig
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run, TrainingConfig

OPTIONS = {
    "features": {"backbone": "pixels", "size": 32},
    "semantics": "onehot",
    "bits": 12,
    "training": {"steps": 40, "batch_size": 16, "update_every": 10},
}


class Watched(Dsh):
    """Keeps the codes of each update."""

    def __init__(self, config=None):
        super().__init__(config)
        self.seen = []

    def update(self, step):
        super().update(step)
        targets = self.net.targets
        self.seen.append((step, {name: targets.codes(name).clone() for name in targets.names}, targets.labels))


def test_codes_move_at_their_steps_and_agree_within_classes():
    features = create("dsh", OPTIONS).config.features
    training = TrainingConfig(steps=40, batch_size=16, update_every=10)
    method = Watched(DshConfig(features, bits=12, semantics="onehot", training=training))
    method.fit(shapes_task(), Run(progress=False))
    assert [step for step, *_ in method.seen] == [0, 10, 20, 30]
    _, codes, labels = method.seen[-1]
    assert all(each.abs().eq(1).all() for each in codes.values())
    alike = codes["photo"] @ codes["sketch"].T / 12  # (N, N)
    same = labels["photo"][:, None] == labels["sketch"][None]
    assert alike[same].min() > alike[~same].max()


def test_the_networks_follow_the_codes_and_rank_unseen_classes():
    method = create("dsh", OPTIONS)
    history = method.fit(shapes_task(), Run(progress=False))
    for name in ("photo", "sketch"):
        losses = history.curve(name)[1]
        assert losses[-1] < 0.5 * losses[0]
    assert score(method, shapes_task()) > chance(shapes_task()) + 0.1


def test_killed_and_resumed_it_is_the_same(tmp_path):
    def fitted(folder, steps):
        method = create("dsh", OPTIONS | {"training": OPTIONS["training"] | {"steps": steps}})
        method.fit(shapes_task(), Run(progress=False, folder=folder, checkpoint_every=5))
        return method

    class Killed(KeyboardInterrupt):
        pass

    whole = fitted(tmp_path / "whole", 20)
    method = create("dsh", OPTIONS | {"training": OPTIONS["training"] | {"steps": 20}})
    loss, calls = method.loss, iter(range(12))

    def dies(batch):
        if next(calls, None) is None:
            raise Killed
        return loss(batch)

    method.loss = dies
    with pytest.raises(Killed):
        method.fit(shapes_task(), Run(progress=False, folder=tmp_path / "part", checkpoint_every=5))
    resumed = fitted(tmp_path / "part", 20)
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_on_pixels_a_photo_goes_through_the_tower_of_lines_too():
    method = create("dsh", OPTIONS | {"features": None, "size": 48, "width": 0.1, "hidden": (16,)})
    method.fit(shapes_task(), Run(progress=False))
    lower = method.net.lower
    photo, sketch = lower["photo"][0].streams[0][1], lower["sketch"][0][1]
    assert photo is sketch
    assert method.net.upper["photo"][0].in_features == 2 * method.net.upper["sketch"][0].in_features
