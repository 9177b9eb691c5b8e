from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.shapes import shapes_task
from zsr_lib.experiments.config import RetrievalConfig
from zsr_lib.experiments.scoring import score
from zsr_lib.models.registry import create
from zsr_lib.models.tokens.cross import CrossAttention, CrossConfig
from zsr_lib.models.tokens.net import TokenNet
from zsr_lib.models.tokens.relation import Relation, best_matches
from zsr_lib.models.tokens.trunk import TrunkConfig
from zsr_lib.training.config import Run

AP, WAY = ("AP@all/std",), ("sketch→photo",)
OPTIONS = {
    "size": 32,
    "trunk": {"width": 24, "depth": 2, "heads": 2, "hidden": 32, "patch": 8, "dropout": 0.0},
    "cross": {"heads": 2, "hidden": 32, "dropout": 0.0},
    "reduced": 8,
    "training": {"steps": 3, "batch_size": 8, "learning_rate": 1e-3, "precision": "float64"},
}


@pytest.fixture(scope="module")
def task():
    return shapes_task()


@pytest.fixture(scope="module")
def system(task):
    made = create("zse_sbir", OPTIONS)
    made.fit(task, Run(progress=False))
    return made


@torch.no_grad()
def test_terms_are_those_of_two_pairs_with_one_sketch():
    """The trunk is left out: inputs are tokens. Distances and scores are written out here."""
    generator = torch.Generator().manual_seed(0)
    sketch, photo, other = (torch.randn(3, 5, 6, generator=generator, dtype=torch.float64) for _ in range(3))
    cross, head = CrossAttention(6, CrossConfig(2, 8, dropout=0.0)).double(), Relation(4, 6, 3, dropout=0.0).double()
    terms = TokenNet(torch.nn.Identity(), cross, head, "relation").terms(sketch, photo, other, margin=0.7)
    anchor, positive = cross(sketch, photo)
    again, negative = cross(sketch, other)
    near = (anchor[:, 0] - positive[:, 0]).norm(dim=1)
    far = (anchor[:, 0] - negative[:, 0]).norm(dim=1)
    assert terms["triplet"]().item() == pytest.approx((near - far + 0.7).clamp(min=0).mean().item())
    right, wrong = head(anchor[:, 1:], positive[:, 1:]), head(again[:, 1:], negative[:, 1:])
    expected = ((right - 0.99).square().mean() + (wrong - 0.01).square().mean()) / 2
    assert terms["relation"]().item() == pytest.approx(expected.item())


@torch.no_grad()
def test_pairs_are_scored_in_three_ways(system, task):
    net = system.net
    sketches, photos = (torch.from_numpy(system.tokens(each)).double() for each in (task.queries(), task.gallery()))
    updated = net.cross(sketches, photos)
    expected = {
        "relation": net.head(updated[0][:, 1:], updated[1][:, 1:]),
        "cross": torch.cosine_similarity(updated[0][:, 0], updated[1][:, 0]),
        "matches": best_matches(sketches[:, 1:], photos[:, 1:]),
    }
    for second, scores in expected.items():
        made = TokenNet(net.trunk, net.cross, net.head, second)
        torch.testing.assert_close(made.relate(sketches, photos), scores)
        codes = torch.cosine_similarity(sketches[:, 0], photos[:, 0])
        blended = TokenNet(net.trunk, net.cross, net.head, second, blend=0.3)
        torch.testing.assert_close(blended.relate(sketches, photos), scores + 0.3 * codes)


def test_the_code_is_the_first_token_and_tokens_are_one_a_patch(system, task):
    tokens = system.tokens(task.gallery())
    assert tokens.shape == (12, 1 + 16, 24)
    np.testing.assert_array_equal(tokens[:, 0], system.embed(task.gallery()))


@pytest.mark.parametrize("depth", [5, 12])
def test_the_first_are_ranked_by_the_relation_head_and_the_rest_stay(system, task, depth):
    """With the whole gallery this is the parent's mode rn; the order is worked out pair by pair."""
    queries, gallery = task.queries(), task.gallery()
    found = score(system, task, AP, WAY, RetrievalConfig(rerank=depth))[WAY[0]].evaluation
    codes = [system.embed(each) for each in (queries, gallery)]
    one, other = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in codes)
    tokens = [torch.from_numpy(system.tokens(each)).double() for each in (queries, gallery)]
    expected = []
    for row, near in enumerate(one @ other.T):
        first = np.argsort(-near, kind="stable")
        with torch.inference_mode():
            pairs = [float(system.net.relate(tokens[0][[row]], tokens[1][[place]])) for place in first[:depth]]
        order = [*first[:depth][np.argsort(-np.array(pairs), kind="stable")], *first[depth:]]
        hits = gallery.labels[order] == queries.labels[row]
        expected.append((np.cumsum(hits) / np.arange(1, 13))[hits].mean())
    assert found.micro(AP[0]) == pytest.approx(np.mean(expected), abs=1e-6)


def test_an_empty_sketch_and_a_blank_photo_have_codes_and_scores(system, task):
    sketches, photos = (
        replace(each, pixels=np.full_like(each.pixels, 255)) for each in (task.queries(), task.gallery())
    )
    assert np.isfinite(system.embed(sketches)).all()
    scores = system.rerank(system.tokens(sketches), system.tokens(photos), np.arange(12)[None].repeat(12, axis=0))
    assert np.isfinite(scores).all()


def test_a_sketch_is_cut_to_its_ink_and_a_photo_is_not(system):
    image = torch.full((1, 3, 32, 32), 255, dtype=torch.uint8)
    image[..., 4:8, 4:8] = 0
    cut, whole = system.prepared("sketch", image), system.prepared("photo", image)
    dark = [int((each < each.max() - 1).sum()) for each in (cut, whole)]
    assert dark[1] == 3 * 4 * 4
    assert dark[0] > 1.5 * dark[1]


def test_without_a_relation_term_there_is_no_head_to_train(task):
    options = OPTIONS | {"losses": {"relation": 0.0}, "second": "cross"}
    made = create("zse_sbir", options)
    made.fit(task, Run(progress=False))
    assert made.net.head is None
    assert np.isfinite(
        made.rerank(made.tokens(task.queries()), made.tokens(task.gallery()), np.zeros((12, 1), int))
    ).all()


def test_the_defaults_are_the_published_ones():
    config = create("zse_sbir").config
    assert config.trunk == TrunkConfig(768, 12, 12, 3072, 16, (), 0.1, "none")
    assert (config.cross.heads, config.cross.hidden, config.cross.value, config.reduced) == (8, 1024, "own", 512)
    assert (config.losses.triplet, config.losses.relation, config.margin, config.levels) == (2.0, 4.0, 1.0, False)
