import numpy as np
import pytest
import torch

from tests.models.shapes import shapes_task
from tests.models.zssbir.common import fitted
from tests.models.zssbir.test_cvae import FakeBatch
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create

SMALL = {"code_size": 8, "standardise": True}


def test_the_margin_doubles_at_its_shares_of_the_training():
    method = create("ems", {"training": {"steps": 30}})
    assert [method.margin_at(step) for step in (0, 19, 20, 24, 25, 29)] == [1, 1, 2, 2, 4, 4]
    assert create("ems", {"doubled_at": []}).margin_at(10_000) == 1


def test_the_loop_tells_the_loss_its_step():
    """The margin makes the loss jump where it doubles, since no step comes between."""
    _, history = fitted("ems", training={"steps": 10, "learning_rate": 1e-12}, **SMALL | {"doubled_at": [0.5]})
    _, losses = history.curve("margin softmax")
    before, after = np.array(losses[:5]), np.array(losses[5:])
    assert before.max() < after.min()


def test_logits_are_distances_to_centres_one_by_one():
    method, _ = fitted("ems", **SMALL)
    codes = torch.randn(5, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    expected = [[-(code - centre).square().sum().sqrt().item() for centre in method.net.centres] for code in codes]
    torch.testing.assert_close(method.net.logits(codes), torch.tensor(expected, dtype=torch.float64))


def test_photos_and_sketches_count_alike():
    method, _ = fitted("ems", **SMALL)
    draw = torch.Generator().manual_seed(0)
    inputs = {name: torch.rand(4, 64, generator=draw, dtype=torch.float64) for name in ("photo", "sketch")}
    whole = method.loss(FakeBatch(**inputs), step=0)["margin softmax"].item()
    logits = [method.net.logits(method.net.encode(name, each)) for name, each in inputs.items()]
    labels = FakeBatch(**inputs).labels
    assert whole == pytest.approx(np.mean([torch.nn.functional.cross_entropy(each, labels).item() for each in logits]))


def test_codes_gather_around_their_centres():
    method, _ = fitted("ems", training={"steps": 150, "learning_rate": 1e-2}, **SMALL)
    task = shapes_task()
    photos = task.photos("seen")
    codes = torch.from_numpy(method.embed(photos)).double()
    named = [task.seen[place] for place in method.net.logits(codes).argmax(dim=1).tolist()]
    assert np.mean(np.array(named) == photos.class_names) > 0.9


@pytest.mark.parametrize("shares", [[1.5], [-0.1, 0.5]])
def test_shares_out_of_range_are_refused(shares):
    with pytest.raises(BadInputError, match="0 to 1"):
        create("ems", {"doubled_at": shares})
