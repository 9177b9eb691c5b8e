from dataclasses import fields

import numpy as np
import pytest

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.models.registry import create
from zsr_lib.models.remote_sensing.semantic_space import LossWeights
from zsr_lib.training.config import Run
from zsr_lib.training.sampling import ClassPairs

QUIET = Run(progress=False)
TERMS = [each.name for each in fields(LossWeights)]
OPTIONS = {
    "features": {"backbone": "hog", "size": 64},
    "semantics": "attributes",
    "losses": {"latent": 1 / 64, "reconstruction": 1 / 1764},
    "training": {"steps": 60, "batch_size": 64},
}
ONE_STEP = {"steps": 1, "batch_size": 16, "learning_rate": 1e-12}


def fitted(task, name="zscmr", **options):
    method = create(name, OPTIONS | options)
    return method, method.fit(task, QUIET)


def test_by_default_it_is_the_slides_plain_sum_of_four_terms(task):
    _, history = fitted(task, losses={}, training=ONE_STEP)
    (row,) = history.steps
    assert create("zscmr").config.losses == LossWeights(1.0, 1.0, 1.0, 1.0, norm=0.0)
    assert row["total"] == pytest.approx(sum(row[term] for term in TERMS[:4]), rel=1e-5)


def test_a_learned_map_trains_and_fixed_vectors_do_not_exist_as_weights(task):
    start, _ = fitted(task, training=ONE_STEP)
    trained, _ = fitted(task)
    moved = trained.net.semantic.weight - start.net.semantic.weight
    assert moved.abs().max() > 1e-3
    fixed, _ = fitted(task, learned_size=None)
    assert not list(fixed.net.semantic.parameters())
    assert fixed.embed(task.gallery()).shape[1] == fixed.semantic_size(task)


@pytest.mark.parametrize("size", [16, 300])
def test_codes_have_the_size_that_is_asked_for(task, size):
    method, _ = fitted(task, learned_size=size, training=ONE_STEP)
    assert method.embed(task.queries()).shape == (len(task.queries()), size)


def test_without_a_size_of_its_own_it_is_zseoc(task):
    # Dropout's random numbers belong to a system's name.
    same = {"learned_size": None, "margin": 1.0, "dropout": 0.0, "training": {"steps": 5, "batch_size": 16}}
    codes = [fitted(task, name, **same)[0].embed(task.gallery()) for name in ("zscmr", "zseoc")]
    np.testing.assert_array_equal(*codes)


@pytest.mark.parametrize("term", TERMS[:4])
def test_a_term_of_weight_zero_is_absent(task, term):
    _, history = fitted(task, losses=OPTIONS["losses"] | {term: 0.0}, training=ONE_STEP)
    assert [name for name in TERMS[:4] if name not in history.steps[0]] == [term]


@pytest.mark.parametrize(
    ("term", "parts"),
    [
        ("triplet", {"encoders"}),
        ("latent", {"encoders", "semantic"}),
        ("classification", {"encoders", "classifiers"}),
        ("reconstruction", {"encoders", "decoders"}),
    ],
)
def test_each_term_alone_trains_its_own_layers_only(task, term, parts):
    weights = dict.fromkeys(TERMS, 0.0) | {term: 1.0}
    before, _ = fitted(task, losses=weights, dropout=0.0, training=ONE_STEP)
    after, _ = fitted(task, losses=weights, dropout=0.0, training={"steps": 3, "batch_size": 16})
    moved = {
        name.split(".")[0]
        for name, value in after.net.named_parameters()
        if (value - before.net.get_parameter(name)).abs().max() > 1e-6
    }
    assert moved == parts


@pytest.mark.parametrize("anchors", ["photo", "sketch"])
def test_one_directional_triplets_are_those_of_a_loop(task, anchors):
    weights = dict.fromkeys(TERMS, 0.0) | {"triplet": 1.0}
    method, history = fitted(task, losses=weights, dropout=0.0, margin=0.7, anchors=anchors, training=ONE_STEP)
    photos, sketches = task.photos("seen"), task.training_sketches("seen")
    codes = {"photo": method.embed(photos).astype(float), "sketch": method.embed(sketches).astype(float)}
    place = {name: index for index, name in enumerate(task.seen)}
    labels = [np.array([place[name] for name in items.class_names]) for items in (photos, sketches)]
    own, other, *_ = ClassPairs(dict(zip(codes, labels, strict=True)), 16, seed=0)(0)
    goal = "sketch" if anchors == "photo" else "photo"
    expected = 0.0
    for row in range(16):
        anchor = codes[anchors][own[anchors][row]]
        near = np.linalg.norm(anchor - codes[goal][own[goal][row]])
        far = np.linalg.norm(anchor - codes[goal][other[goal][row]])
        expected += max(near - far + 0.7, 0.0) / 16
    assert history.steps[0]["triplet"] == pytest.approx(expected, rel=1e-4)


def test_both_directions_are_the_sum_of_the_two(task):
    weights = dict.fromkeys(TERMS, 0.0) | {"triplet": 1.0}
    first = {
        anchors: fitted(task, losses=weights, dropout=0.0, anchors=anchors, training=ONE_STEP)[1].steps[0]["triplet"]
        for anchors in ("both", "photo", "sketch")
    }
    assert first["both"] == pytest.approx(first["photo"] + first["sketch"], rel=1e-5)
    assert create("zscmr").anchors == "both"


@pytest.mark.parametrize("semantics", ["onehot", "random"])
def test_controls_of_the_class_vectors_can_be_trained(task, semantics):
    alone = dict.fromkeys(TERMS, 0.0) | {"latent": 1.0}
    method, history = fitted(task, semantics=semantics, losses=alone, dropout=0.0)
    assert history.curve("latent")[1][-1] < history.curve("latent")[1][0]
    assert method.semantic_size(task) == {"onehot": len(task.seen), "random": 300}[semantics]


def test_options_that_cannot_be_are_refused():
    with pytest.raises(BadInputError, match="learned_size is 0"):
        create("zscmr", {"learned_size": 0})
    with pytest.raises(UnknownNameError, match="anchors"):
        create("zscmr", {"anchors": "photos"})
    with pytest.raises(UnknownNameError, match="wordvectors"):
        create("zscmr", {"semantics": "wordvector"})
