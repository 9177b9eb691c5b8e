import pytest
import torch

from tests.models.shapes import UNSEEN, shapes_task
from tests.models.tokens.test_zse_sbir import OPTIONS
from zsr_lib.configs import plain
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.models.tokens.cross import CrossAttention, CrossConfig
from zsr_lib.models.tokens.net import TokenNet
from zsr_lib.training.config import Run

STAGE = {"training": {"steps": 20, "batch_size": 16, "learning_rate": 3e-3}}
HARDLY = OPTIONS["training"] | {"steps": 1, "learning_rate": 1e-12}


def fitted(**options):
    made = create("mlagt", OPTIONS | {"training": HARDLY} | options)
    return made, made.fit(shapes_task(), Run(progress=False))


def test_the_stage_learns_the_seen_classes_and_is_told_apart():
    made, history = fitted(pretraining=STAGE, view="gradients")
    _, losses = history.curve("pretraining/classification")
    assert losses[-1] < losses[0] / 2
    assert {part.name for part in made.trained_parts()} == {"heads", "pretraining"}
    assert not any(set(part.classes) & set(UNSEEN) for part in made.trained_parts())
    assert made.net.trunk.patches.in_channels == 8
    assert made.tokens(shapes_task().queries()).shape == (12, 1 + 4, 24)


def test_it_moves_the_trunk_alone_and_the_same_way_each_time():
    both = [fitted(pretraining=each)[0].net.state_dict() for each in (STAGE, STAGE, None)]
    for name, value in both[0].items():
        assert torch.equal(value, both[1][name]), name
        if not name.startswith("trunk."):
            torch.testing.assert_close(value, both[2][name], atol=1e-9, rtol=0)
    assert (both[0]["trunk.patches.weight"] - both[2]["trunk.patches.weight"]).abs().max() > 1e-3


def test_switched_off_it_is_no_part_of_a_setting():
    assert {"pretraining", "view", "met"}.isdisjoint(plain(create("mlagt").config))
    with pytest.raises(BadInputError, match="every loss is switched off"):
        fitted(pretraining=STAGE | {"classification": 0.0, "contrastive": 0.0})


@torch.no_grad()
def test_a_far_photo_may_be_measured_from_the_sketch_that_met_it():
    generator = torch.Generator().manual_seed(0)
    sketch, photo, other = (torch.randn(3, 5, 6, generator=generator, dtype=torch.float64) for _ in range(3))
    torch.manual_seed(0)
    cross = CrossAttention(6, CrossConfig(2, 8, dropout=0.0)).double()
    net = TokenNet(torch.nn.Identity(), cross, None, "cross")
    distances = [(a[:, 0] - b[:, 0]).norm(dim=1) for a, b in (cross(sketch, photo), cross(sketch, other))]
    expected = (distances[0] - distances[1] + 20).clamp(min=0).mean()
    found = net.terms(sketch, photo, other, 20, "candidate")["triplet"]()
    assert found.item() == pytest.approx(expected.item())
    assert found.item() != pytest.approx(net.terms(sketch, photo, other, 20)["triplet"]().item())
