from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.shapes import CLASSES, TINY, UNSEEN, shapes, shapes_task
from zsr_lib.configs import build
from zsr_lib.data.splits import Split
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadInputError
from zsr_lib.features.architectures import build_network
from zsr_lib.features.backbones import make_backbone, pretrained_classifier
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import extractor_of, make_extractor
from zsr_lib.features.tail import with_tail
from zsr_lib.models.tuning import tune
from zsr_lib.models.tuning.config import TailConfig
from zsr_lib.models.tuning.contrastive import DomainBatches
from zsr_lib.training.checkpoint import checkpoints_in
from zsr_lib.training.config import Run

FEATURES = FeaturesConfig(**TINY)
OPTIONS = {"block": 1, "auxiliary_classes": 3, "training": {"steps": 12, "learning_rate": 1e-3}}
QUIET = Run(progress=False)


class Crash(Exception):
    """What a batch raises where training is to break."""


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def asked(monkeypatch):
    """Numbers of the batches that were drawn; batch `asked.crash_at` cannot be."""
    draw = DomainBatches.__call__

    class Asked(list):
        crash_at = None

    numbers = Asked()

    def watched(self, number):
        numbers.append(number)
        if number == numbers.crash_at:
            raise Crash
        return draw(self, number)

    monkeypatch.setattr(DomainBatches, "__call__", watched)
    return numbers


def tuned(task=None, run=QUIET, features=FEATURES, **options):
    """The trained blocks, the classes they have seen, and the history."""
    made = tune.fine_tuned(features, build(TailConfig, OPTIONS | options), task or shapes_task(), run)
    return made.tails["shared"], made.part.classes, made.histories["shared"]


def described(tail, features=FEATURES, block=OPTIONS["block"]):
    """The extractor of a backbone with these blocks."""
    return extractor_of(with_tail(make_backbone(features), block, tail))


def same(first, second):
    first, second = first.state_dict(), second.state_dict()
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def test_the_loss_falls_and_the_features_change():
    made, _, history = tuned(training={"steps": 40, "learning_rate": 1e-3})
    losses = history.curve("contrastive")[1]
    assert np.mean(losses[-5:]) < np.mean(losses[:5]) - 0.5
    photos = shapes().photos
    tail, frozen = described(made), make_extractor(FEATURES)
    assert tail.dimension == frozen.dimension
    assert tail.key != frozen.key
    assert not np.allclose(tail(photos), frozen(photos))


def test_it_is_trained_on_seen_and_auxiliary_classes_only():
    _, classes, _ = tuned()
    assert set(classes) == {"bar", "cross", "river", "runway"}
    _, classes, _ = tuned(apart=["bar"], leave_out=["bar", "cross"], auxiliary_classes=2)
    assert set(classes) == {"cross", "river", "runway"}
    other = shapes(seed=1, classes=("tower", "rivers", *UNSEEN), name="others")
    _, classes, _ = tuned(shapes_task(auxiliary=(other,)), auxiliary_classes=2)
    assert set(classes) == {"bar", "cross", "river", "runway", "rivers", "tower"}


def test_the_same_is_not_trained_twice(asked):
    first, _, history = tuned()
    assert asked == list(range(12))
    again, _, same_history = tuned()
    assert len(asked) == 12
    assert same(first, again)
    assert same_history == history


def test_splits_that_differ_in_classes_kept_apart_share_a_fine_tuning(asked):
    other = shapes(seed=1, classes=("tower", "rivers", "cross"), name="others")
    made = [
        tuned(
            build_task(shapes(), Split(lone, "shapes", tuple({*CLASSES} - {lone}), (lone,)), 0, 0, auxiliary=[other]),
            apart=["disc", "bar"],
            leave_out=["cross"],
            auxiliary_classes=2,
        )[0]
        for lone in ("disc", "bar")
    ]
    assert len(asked) == 12
    assert same(*made)


@pytest.mark.parametrize(
    "changed",
    [
        {"run": replace(QUIET, seed=1)},
        {"temperature": 0.1},
        {"block": 2},
        {"keep": 0.5},
        {"features": replace(FEATURES, seed=1)},
    ],
)
def test_whatever_moves_the_weights_is_trained_anew(asked, changed):
    first, *_ = tuned()
    other, *_ = tuned(**changed)
    assert len(asked) == 24
    assert not same(first, other)


def test_other_weights_above_the_trunk_are_fine_tuned_anew(asked, monkeypatch):
    first, *_ = tuned()

    def other_upper_half(features):
        backbone = make_backbone(features)
        with torch.no_grad():
            list(backbone.module.parameters())[-3].mul_(1.5)
        return backbone

    monkeypatch.setattr(tune, "make_backbone", other_upper_half)
    other, *_ = tuned()
    assert len(asked) == 24
    assert not same(first, other)


def test_killed_and_resumed_it_is_the_uninterrupted_one(asked, tmp_path, monkeypatch):
    expected, _, history = tuned()
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "another cache"))
    run = replace(QUIET, folder=tmp_path / "run", checkpoint_every=5)
    for crash in (3, 8, 11):
        asked.crash_at = crash
        with pytest.raises(Crash):
            tuned(run=run)
    asked.crash_at = None
    asked.clear()
    resumed, _, resumed_history = tuned(run=run)
    assert asked == [10, 11]
    assert same(resumed, expected)
    assert resumed_history.steps == history.steps
    assert len(checkpoints_in(run.folder)) == 1


def test_nothing_of_the_pretrained_weights_is_given_up_at_0(asked):
    made, *_ = tuned(keep=0.0)
    assert len(asked) == 12
    photos = shapes().photos
    np.testing.assert_allclose(described(made)(photos), make_extractor(FEATURES)(photos), atol=1e-5)


def test_half_way_is_the_mean_of_pretrained_and_trained():
    start, half, whole = (tuned(keep=keep)[0].state_dict() for keep in (0.0, 0.5, 1.0))
    for name, value in half.items():
        torch.testing.assert_close(value, (start[name] + whole[name]) / 2, rtol=1e-5, atol=1e-6)


def test_nothing_to_train_on_says_so():
    with pytest.raises(BadInputError, match="nothing to fine-tune on"):
        tuned(shapes_task(auxiliary=()), apart=["bar", "cross", "river", "runway"])


def test_too_many_auxiliary_classes_say_so():
    with pytest.raises(BadInputError, match="20 classes of others; there are 4"):
        tuned(auxiliary_classes=20)


def test_knowledge_that_is_kept_changes_less_of_what_the_network_says(tmp_path):
    network = build_network("mobilenet_v2", seed=1).train()
    with torch.no_grad():  # a few batches for the normalisation: without, signals die out on the way
        for seed in range(20):
            network(torch.rand(16, 3, 32, 32, generator=torch.Generator().manual_seed(seed)))
    torch.save(network.state_dict(), tmp_path / "own.pth")
    features = FeaturesConfig("mobilenet_v2", str(tmp_path / "own.pth"), size=32)
    training = {"steps": 8, "learning_rate": 1e-3}
    kept, forgot = (tuned(features=features, block=16, training=training, knowledge=each) for each in (20.0, 0.0))
    assert set(kept[2].steps[0]) == {*forgot[2].steps[0], "knowledge"}
    photos, classifier = shapes().photos, pretrained_classifier(features)

    def said(extractor):
        return classifier(torch.from_numpy(extractor(photos))).detach().softmax(dim=1)

    before = said(make_extractor(features))
    changes = [(said(described(made, features, 16)) - before).abs().sum() for made, *_ in (kept, forgot)]
    assert changes[0] < 0.8 * changes[1]


def test_weights_without_a_classifier_have_no_knowledge_to_keep():
    with pytest.raises(BadInputError, match="no classifier"):
        tuned(knowledge=1.0)
