"""What CMIR-Net's stages do, whatever the inputs are; tried on features."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.losses import naive
from tests.models.shapes import CLASSES, SPLIT, shapes, shapes_task
from zsr_lib.data.registry import Dataset
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadInputError
from zsr_lib.experiments.config import RetrievalConfig
from zsr_lib.experiments.scoring import score
from zsr_lib.models.bases.pool import pool_of
from zsr_lib.models.bases.trained import Batch
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

QUIET = Run(progress=False)
STAGE = {"steps": 60, "batch_size": 16}
PIXELS = {"features": {"backbone": "pixels", "size": 16}, "stage_one": STAGE, "training": STAGE}
TAGS = ("round", "straight")


def fitted(options, task=None):
    method = create("cmir_net", PIXELS | options)
    return method, method.fit(task or shapes_task(), QUIET)


def tagged(items):
    """Rivers and discs are round, everything else but lattices is straight, lattices are both."""
    names = items.class_names
    columns = [np.isin(names, ("disc", "river", "lattice")), np.isin(names, ("bar", "cross", "runway", "lattice"))]
    return replace(items, tags=np.stack(columns, axis=1).astype(np.uint8), tag_names=TAGS)


def paired(dataset):
    """Photo n of a class and sketch n of it name each other."""
    one, other = dataset.items.values()
    items = {"photo": replace(one, pairs=other.ids), "sketch": replace(other, pairs=one.ids)}
    return replace(dataset, items=items)


def by_items(dataset, split):
    return build_task(dataset, split, validation_classes=0)


def test_the_terms_are_their_formulas():
    method, _ = fitted({"losses": {"latent": 0.5}, "alpha": 2.0})
    task = shapes_task()
    pool = pool_of(task)
    tables = {items.modality: method.table(items, QUIET) for items in pool}
    rows = method.batches(pool, 0)(0)
    tensors = rows._replace(own={name: torch.from_numpy(each) for name, each in rows.own.items()})
    with torch.no_grad():
        found = method.loss(Batch(tables, tensors))
        net, (first, second) = method.net, ("photo", "sketch")
        x, y = (net.features(name, tables[name].take(tensors.own[name])) for name in (first, second))
        a, b = net.code(first, x), net.code(second, y)
        logits = net.classifier(torch.cat([a, b])).tolist()
        decoded = [net.decoded(first, a).tolist(), y.tolist(), net.decoded(second, b).tolist(), x.tolist()]
        weights = [net.encoders[name].weight.tolist() for name in (first, second)]
    expected = {
        "latent": naive.mean_squared(a.tolist(), b.tolist()),
        "classification": naive.cross_entropy(logits, 2 * rows.labels.tolist()),
        "code_norm": naive.code_norm(a.tolist(), b.tolist()),
        "reconstruction": naive.reconstruction(*decoded),
        "norm": naive.norms(weights, 2.0),
    }
    for name, value in expected.items():
        assert found[name].item() == pytest.approx(value, rel=1e-4), name
    total = sum(weight * expected[name] for name, weight in vars(method.config.losses).items())
    assert found["total"].item() == pytest.approx(total, rel=1e-4)


def test_at_alpha_zero_all_codes_become_one_and_above_they_do_not():
    """METHODS.md §3.1: the published scores at α = 0 are 0. With R strong enough, no classifier reads what is left."""
    spreads, named = {}, {}
    for alpha in (0.0, 1.0, 2.0):
        options = {"alpha": alpha, "losses": {"norm": 5.0}, "training": STAGE | {"steps": 300}}
        method, history = fitted(options)
        codes = method.embed(shapes_task().training_items("seen", "photo"))
        spreads[alpha] = np.linalg.norm(codes - codes.mean(axis=0), axis=1).mean()
        named[alpha] = history.steps[-1]["classification"]
    assert spreads[0.0] < 0.02 * spreads[1.0] < spreads[2.0]
    assert named[0.0] == pytest.approx(np.log(4), abs=0.02)  # four seen classes, and no idea
    assert max(named[1.0], named[2.0]) < 0.2


def test_stage_one_makes_features_less_alike_and_stage_two_keeps_them():
    products = {}
    for weight in (0.0, 0.1):
        options = {"orthogonality": weight, "stage_one": STAGE | {"steps": 150}, "training": STAGE | {"steps": 1}}
        method, history = fitted(options)
        inputs = torch.from_numpy(method.features_of(shapes_task().training_items("seen", "photo")))
        with torch.no_grad():
            unit = torch.nn.functional.normalize(method.net.features("photo", inputs), dim=0)  # each feature's course
        products[weight] = (unit.T @ unit).mean().item()
        assert ("photo alone/orthogonality" in history.steps[0]) == (weight > 0)
        alone = {name: value.clone() for name, value in method.net.stage_one.state_dict().items()}
        longer, _ = fitted(options | {"training": STAGE | {"steps": 9}})
        assert all(torch.equal(value, alone[name]) for name, value in longer.net.stage_one.state_dict().items())
    assert products[0.1] < products[0.0]


def test_a_term_of_weight_zero_is_left_out_and_stage_one_may_be():
    _, history = fitted({"losses": {"latent": 0.0, "reconstruction": 0.0}, "stage_one": None})
    assert history.steps[-1].keys() == {"step", "classification", "code_norm", "norm", "total", "learning_rate"}


def test_partners_find_each_other_only_if_they_are_paired():
    """Of filled shapes and their outlines of one class, size and place are the same only among partners."""
    photos, sketches = (shapes(seed=2, per_class=40).items[name] for name in ("photo", "sketch"))
    outlines = (np.abs(np.diff(photos.pixels.mean(axis=3), axis=2, append=0)) > 60)[..., None] * np.ones(3)
    drawn = replace(sketches, pixels=(255 * outlines).astype(np.uint8))
    dataset = paired(Dataset("pairs", CLASSES, {"photo": photos, "sketch": drawn}, "0"))
    task = by_items(dataset, "by-pair-30-choice-0")
    options = {"stage_one": STAGE | {"steps": 200}, "training": STAGE | {"steps": 300, "batch_size": 32}}
    options |= {"losses": {"latent": 1.0, "reconstruction": 0.01}}
    found, way = {}, "sketch→photo"
    for pairing in ("class", "pair"):
        method, _ = fitted(options | {"pairing": pairing}, task)
        scored = score(method, task, ("AP@all/std",), (way,), RetrievalConfig(relevance="pair"))
        found[pairing] = scored[way].evaluation.micro("AP@all/std")
    chance = np.mean(1 / np.arange(1, len(task.gallery()) + 1))
    assert found["pair"] > max(2 * chance, 1.1 * found["class"])


def test_items_of_several_labels_find_each_other_by_them():
    items = {name: tagged(each) for name, each in shapes(per_class=20).items.items()}
    task = by_items(Dataset("said", CLASSES, items, "0"), "by-item-30-choice-0")
    method, history = fitted({"pairing": "tag"}, task)
    way = "sketch→photo"
    found = score(method, task, ("AP@all/std",), (way,), RetrievalConfig(relevance="tag"))[way].evaluation
    assert method.net.classifier.out_features == len(TAGS)
    assert history.steps[-1]["classification"] < 2 * np.log(2)  # better than not knowing either label
    assert found.micro("AP@all/std") > 0.8


def test_tags_need_no_classes_in_common():
    """Spoken labels are of no class: the class '' of one modality is none of the other's."""
    classes = (*CLASSES, "")
    photo, sketch = (replace(tagged(each), classes=classes) for each in shapes(per_class=20).items.values())
    sketch = replace(sketch, labels=np.full(len(sketch), len(CLASSES)))
    task = by_items(Dataset("said", classes, {"photo": photo, "sketch": sketch}, "0"), "by-item-30-choice-0")
    method, _ = fitted({"pairing": "tag"}, task)
    assert method.embed(task.items("unseen", "sketch")).shape == (36, 128)
    with pytest.raises(BadInputError, match="classes without a training"):
        fitted({}, task)


def test_what_cannot_be_paired_is_refused():
    dataset = shapes()
    with pytest.raises(BadInputError, match="no tags in common"):
        fitted({"pairing": "tag"}, build_task(dataset, SPLIT, validation_classes=0))
    with pytest.raises(BadInputError, match="names a partner"):
        fitted({"pairing": "pair"}, build_task(dataset, SPLIT, validation_classes=0))
    third = replace(dataset.photos, modality="height")
    with pytest.raises(BadInputError, match=r"3 modalities \(photo, sketch, height\)[\s\S]*data\.modalities"):
        fitted({}, by_items(replace(dataset, items=dataset.items | {"height": third}), "by-item-30-choice-0"))
    three = by_items(replace(dataset, items=dataset.items | {"height": third}), "by-item-30-choice-0")
    with pytest.raises(BadInputError, match="3 modalities"):
        create("crossatnet", {"features": PIXELS["features"], "semantics": "onehot"}).fit(three, QUIET)


def test_modalities_of_different_numbers_of_items_are_paired_by_class_or_by_name():
    """Six photos and two sketches of each class; a photo without a partner is passed over."""
    dataset = paired(shapes())
    few = dataset.items["sketch"].take(np.arange(36) % 6 < 2)
    fewer = replace(dataset, items={"photo": dataset.photos, "sketch": few})
    task = build_task(fewer, SPLIT, validation_classes=0)
    for pairing in ("class", "pair"):
        method, _ = fitted({"pairing": pairing, "training": STAGE | {"batch_size": 8}}, task)
        assert len(method.embed(task.queries())) == 4
    assert len(pool_of(task).partners()[1]) == 8
    with pytest.raises(BadInputError, match="batch of 16 cannot be drawn from 8"):
        fitted({"pairing": "pair"}, task)


def test_features_that_are_no_numbers_are_refused_by_name():
    dataset = shapes()
    features = np.ones((36, 8), np.float32)
    features[3, 0] = np.nan
    items = {
        name: replace(each, features=features, feature_key="given", pixels=None) for name, each in dataset.items.items()
    }
    task = build_task(replace(dataset, items=items), SPLIT, validation_classes=0)
    with pytest.raises(BadInputError, match=r"not finite, among them bar/photo3"):
        fitted({"features": {"backbone": "given"}}, task)
