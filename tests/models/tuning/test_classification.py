from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.features.conftest import items_of
from tests.models.conftest import QUIET
from zsr_lib.errors import BadInputError
from zsr_lib.features.backbones import make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.tail import with_tail
from zsr_lib.models.tuning import classification as module
from zsr_lib.models.tuning import tune
from zsr_lib.models.tuning.classification import held_out, source_of
from zsr_lib.models.tuning.config import FinetuneConfig
from zsr_lib.training.config import TrainingConfig

TRAINING = TrainingConfig(steps=30, batch_size=8, optimizer="adam", learning_rate=3e-3)
CONFIG = FinetuneConfig(augment=False, training=TRAINING)
STRIPES = ("upright", "flat")


class Killed(Exception):
    """What ends a run before its time."""


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def backbone():
    return make_backbone(FeaturesConfig(size=32))


@pytest.fixture(scope="module")
def striped():
    """20 noisy pictures of upright stripes and 20 of flat ones: classes that mean colours cannot tell apart."""
    dice = np.random.default_rng(0)
    stripes = np.tile((np.arange(32) // 4 % 2 * 120).astype(np.uint8)[None, :, None], (32, 1, 3))
    both = [stripes, stripes.transpose(1, 0, 2)]
    pixels = np.stack([both[row % 2] + dice.integers(0, 100, (32, 32, 3), dtype=np.uint8) for row in range(40)])
    return replace(items_of(pixels), labels=np.arange(40) % 2, classes=STRIPES)


def fine_tuned(backbone, config, parts, run):
    """The trained blocks and the history of a classifier of these items."""
    return tune.tuned_blocks(backbone, config, [source_of(items, config) for items in parts], run, "stripes")


def as_bytes(tail):
    return {name: value.numpy().tobytes() for name, value in tail.state_dict().items()}


@pytest.mark.parametrize(("block", "augment"), [(None, False), (1, False), (1, True)])
def test_it_learns_to_name_pictures_that_it_was_not_trained_on(backbone, striped, block, augment):
    # Sketches, because turned photos of stripes would change their class.
    striped = replace(striped, modality="sketch")
    config = replace(CONFIG, block=block, augment=augment, training=replace(TRAINING, validate_every=10))
    _, history = fine_tuned(backbone, config, [striped], QUIET)
    assert max(row["score"] for row in history.validations) > 0.9


def test_the_backbone_and_the_callers_random_numbers_stay_as_they_are(backbone, striped):
    before = {name: value.clone() for name, value in backbone.module.state_dict().items()}
    torch.manual_seed(4)
    expected = torch.rand(3)
    torch.manual_seed(4)
    tail, _ = fine_tuned(backbone, CONFIG, [striped], QUIET)
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(value, before[name]) for name, value in backbone.module.state_dict().items())
    assert any(not torch.equal(value, before[name]) for name, value in tail.blocks.state_dict().items())


def test_the_same_again_is_found_and_anything_else_is_trained(backbone, striped, monkeypatch):
    first, history = fine_tuned(backbone, CONFIG, [striped], QUIET)

    def refuse(*_, **__):
        raise Killed

    monkeypatch.setattr(tune, "train", refuse)
    again, same_history = fine_tuned(backbone, CONFIG, [striped], QUIET)
    assert as_bytes(again) == as_bytes(first)
    assert same_history.as_dict() == history.as_dict()
    one_pixel = np.array(striped.pixels)
    one_pixel[0, 0, 0, 0] ^= 1
    others = {
        "pixels": (CONFIG, replace(striped, pixels=one_pixel), QUIET),
        "labels": (CONFIG, replace(striped, labels=striped.labels[::-1].copy()), QUIET),
        "modality": (CONFIG, replace(striped, modality="sketch"), QUIET),
        "options": (replace(CONFIG, augment=True), striped, QUIET),
        "seed": (CONFIG, striped, replace(QUIET, seed=1)),
    }
    for config, items, run in others.values():
        with pytest.raises(Killed):
            fine_tuned(backbone, config, [items], run)


@pytest.mark.parametrize("augment", [False, True])
def test_killed_and_resumed_gives_the_same_bytes(backbone, striped, tmp_path, monkeypatch, augment):
    config = FinetuneConfig(augment=augment, training=replace(TRAINING, steps=9, validate_every=2))
    parts = [striped, replace(striped, modality="sketch")]
    whole, whole_history = fine_tuned(backbone, config, parts, QUIET)
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "another cache"))
    run, plain, steps = replace(QUIET, folder=tmp_path, checkpoint_every=3), module.classification, []

    def counted(*inputs):
        steps.append(len(steps))
        if len(steps) == 8:
            raise Killed
        return plain(*inputs)

    monkeypatch.setattr(module, "classification", counted)
    with pytest.raises(Killed):
        fine_tuned(backbone, config, parts, run)
    steps[:] = range(10)
    resumed, history = fine_tuned(backbone, config, parts, run)
    assert len(steps) - 10 == 3  # six of the nine steps were kept
    assert as_bytes(resumed) == as_bytes(whole)
    assert (history.steps, history.validations) == (whole_history.steps, whole_history.validations)


def test_a_batch_is_shared_among_the_modalities(backbone, striped, monkeypatch):
    seen, plain = [], module.classification

    def noted(scores, labels):
        seen.append(scores.shape)
        return plain(scores, labels)

    monkeypatch.setattr(module, "classification", noted)
    parts = [striped, replace(striped.of_classes(STRIPES[:1]), modality="sketch")]
    fine_tuned(backbone, replace(CONFIG, training=replace(TRAINING, steps=2)), parts, QUIET)
    assert seen == [(8, 2)] * 2


def test_a_share_of_each_class_is_held_out_but_never_all_of_one():
    labels = np.repeat([0, 1, 2], [10, 20, 1])
    chosen = held_out(labels, 0.2, seed=0)
    assert np.bincount(labels[chosen], minlength=3).tolist() == [2, 4, 0]
    assert not held_out(labels, 0.0, seed=0).any()
    assert (held_out(labels, 0.2, seed=1) != chosen).any()
    assert np.bincount(labels[held_out(labels, 0.99, seed=0)], minlength=3).tolist() == [9, 19, 0]


def test_items_without_pixels_and_batches_larger_than_the_data_are_refused(backbone, striped):
    with pytest.raises(BadInputError, match="pixels"):
        fine_tuned(backbone, CONFIG, [replace(striped, pixels=None)], QUIET)
    large = replace(CONFIG, training=replace(TRAINING, batch_size=41))
    with pytest.raises(BadInputError, match="batch"):
        fine_tuned(backbone, large, [striped], QUIET)


@pytest.mark.parametrize("block", [None, 1])
def test_knowledge_that_is_kept_changes_less_of_what_the_network_says(backbone, striped, monkeypatch, block):
    torch.manual_seed(0)
    classifier = torch.nn.Linear(backbone.dimension, 5)
    torch.nn.init.normal_(classifier.weight)
    monkeypatch.setattr(module, "pretrained_classifier", lambda config: classifier)
    pixels = backbone.preprocess(striped.pixels, "cpu")

    def said(network):
        with torch.no_grad():
            return classifier(network(pixels)).softmax(dim=1)

    before, changes = said(backbone.module), {}
    for weight in (0.0, 10.0):
        config = replace(CONFIG, block=block, knowledge=weight)
        tail, history = fine_tuned(backbone, config, [striped], QUIET)
        assert ("knowledge" in history.steps[0]) == bool(weight)
        changes[weight] = (said(with_tail(backbone, block, tail).module) - before).abs().sum().item()
    assert changes[10.0] < 0.8 * changes[0.0]


def test_without_weights_there_is_no_knowledge_and_no_negative_weight_of_it(backbone, striped):
    with pytest.raises(BadInputError, match="no classifier"):
        fine_tuned(backbone, replace(CONFIG, knowledge=1.0), [striped], QUIET)
    with pytest.raises(BadInputError, match=r"finetune\.knowledge is -1"):
        FinetuneConfig(knowledge=-1.0)
