from dataclasses import fields

import numpy as np
import pytest
import torch

from tests.models.zssbir.common import fitted
from tests.models.zssbir.test_cvae import FakeBatch
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.models.zssbir.sem_pcyc import Noise, SemPcycWeights

SMALL = {"code_size": 8, "semantics": "random", "standardise": True}
TERMS = [each.name for each in fields(SemPcycWeights)]


@pytest.fixture(scope="module")
def made():
    return fitted("sem_pcyc", **SMALL)


def batch():
    draw = torch.Generator().manual_seed(0)
    return FakeBatch(**{name: torch.rand(5, 64, generator=draw, dtype=torch.float64) for name in ("photo", "sketch")})


def test_three_players_say_what_they_pay(made):
    row = made[1].steps[0]
    assert {f"generators/{term}" for term in TERMS} <= set(row)
    assert {"critics/features", "critics/codes", "words/words", "words/sparsity"} <= set(row)


def test_the_classifier_keeps_its_random_weights_and_all_else_moves(made):
    start, _ = fitted("sem_pcyc", training={"steps": 1, "learning_rate": 1e-12}, **SMALL)
    before, after = (dict(each.net.named_parameters()) for each in (start, made[0]))
    moved = {name for name, value in after.items() if not torch.equal(value, before[name])}
    still = {name for name in {*after} - moved if name.endswith("weight")}  # a bias before a normalisation never moves
    assert still == {"classifier.weight"}
    assert "classifier.bias" not in moved


def test_the_terms_of_the_generators_by_their_definitions(made):
    method, both = made[0], batch()
    net = method.net
    terms = method.loss(both)
    real = {name: net.scaling[name](both[name]) for name in ("photo", "sketch")}
    classes = torch.relu(net.selected(method._vectors[both.labels])).detach()
    cycle = regression = 0.0
    for name, x in real.items():
        code, features = net.to_code[name](x), net.from_code[name](classes)
        cycle += (net.from_code[name](code) - x).abs().mean() + (net.to_code[name](features) - classes).abs().mean()
        regression += (code - classes).square().mean()
    assert terms["cycle"].item() == pytest.approx(cycle.item())
    assert terms["regression"].item() == pytest.approx(regression.item())
    weighted = {"adversarial": 1.0, "cycle": 10.0, "classification": 10.0, "regression": 1.0}
    total = sum(weight * terms[name].item() for name, weight in weighted.items())
    assert terms["total"].item() == pytest.approx(total)


def test_critics_do_not_teach_generators_nor_words(made):
    net = made[0].net
    net.zero_grad()
    sum(made[0].critic_loss(batch()).values()).backward()
    moved = {name.partition(".")[0] for name, value in net.named_parameters() if value.grad is not None}
    assert moved == {"critics", "code_critic"}


def test_soft_labels_lie_where_the_release_draws_them(made):
    scores = torch.zeros(20_000, 1, dtype=torch.float64)
    torch.manual_seed(0)
    real, fake = (made[0].judged(scores, each).item() for each in (True, False))  # means of t²
    assert real == pytest.approx((1 - 0.7**3) / 0.9, rel=0.01)
    assert fake == pytest.approx(0.3**2 / 3, rel=0.02)


def test_a_cycle_that_is_trained_comes_back():
    only = {"adversarial": 0.0, "classification": 0.0, "regression": 0.0}
    options = SMALL | {"losses": only, "dropout": 0.0, "code_size": 32}
    _, history = fitted("sem_pcyc", training={"steps": 200, "learning_rate": 3e-3}, **options)
    _, cycle = history.curve("generators/cycle")
    assert np.mean(cycle[-10:]) < 0.7 * np.mean(cycle[:5])


def test_noise_is_there_in_training_only():
    noise, inputs = Noise(0.3), torch.zeros(5000, 2)
    assert noise(inputs).std().item() == pytest.approx(0.3, rel=0.05)
    assert torch.equal(noise.eval()(inputs), inputs)


def test_classes_without_vectors_are_named_and_no_term_at_all_is_refused():
    with pytest.raises(UnknownNameError, match="bar"):
        fitted("sem_pcyc", **SMALL | {"semantics": "attributes"})
    with pytest.raises(BadInputError, match="every loss is switched off"):
        fitted("sem_pcyc", **SMALL | {"losses": dict.fromkeys(TERMS, 0.0)})
