from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.conftest import QUIET, spoilt
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import audit
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.registry import create
from zsr_lib.models.saving import load, save
from zsr_lib.models.tuning import classification
from zsr_lib.models.tuning.config import FinetuneConfig
from zsr_lib.models.tuning.tune import fine_tuned
from zsr_lib.training.config import TrainingConfig

FEATURES = FeaturesConfig(backbone="small_cnn", size=32)
TRAINING = TrainingConfig(steps=4, batch_size=8, learning_rate=1e-2)
CLEAN = FinetuneConfig(training=TRAINING)
LEAKING = replace(CLEAN, classes="all", legacy=True)
ZSEOC = {
    "features": {"backbone": "small_cnn", "size": 32},
    "finetune": {"training": {"steps": 6, "batch_size": 8}},
    "semantics": "attributes",
    "training": {"steps": 6, "batch_size": 16},
}


class Killed(Exception):
    """What ends a run before its time."""


def tuned(task, config=CLEAN):
    return fine_tuned(FEATURES, config, task, QUIET)


def state(made):
    return {f"{name}.{key}": value for name, tail in made.tails.items() for key, value in tail.state_dict().items()}


def same(first, second):
    assert first.keys() == second.keys()
    return all(torch.equal(value, second[name]) for name, value in first.items())


@pytest.mark.parametrize("shared", [False, True])
def test_classes_that_are_held_out_change_nothing(task, shared):
    config = replace(CLEAN, shared=shared)
    expected = tuned(task, config)
    assert set(expected.tails) == ({"shared"} if shared else {"photo", "sketch"})
    for group in ("unseen", "validation"):
        assert same(state(tuned(spoilt(task, task.classes(group)), config)), state(expected))
    assert not same(state(tuned(spoilt(task, task.seen), config)), state(expected))


def test_what_it_was_trained_on_is_said_and_clean(task):
    part = tuned(task).part
    assert part.classes == task.seen
    assert audit([part], task.unseen, task.queries().ids.tolist()).label == "clean"


def test_the_leak_is_trained_on_every_class_and_says_so(task):
    leaking = tuned(task, LEAKING)
    assert not same(state(tuned(spoilt(task, task.unseen), LEAKING)), state(leaking))
    part = leaking.part
    assert set(part.classes) == {*task.seen, *task.validation, *task.unseen}
    assert set(part.items) == {*task.queries().ids.tolist(), *task.gallery().ids.tolist()}
    assert audit([part], task.unseen, legacy=True).label != "clean"


def test_a_system_cannot_leak_without_the_label():
    with pytest.raises(BadInputError, match="unseen"):
        create("zseoc", ZSEOC | {"finetune": {"classes": "all"}})
    assert create("zseoc", ZSEOC | {"finetune": {"classes": "all", "legacy": True}}).legacy
    assert not create("zseoc", ZSEOC).legacy


@pytest.mark.parametrize("shared", [False, True])
def test_modalities_share_a_backbone_or_have_their_own(task, shared, tmp_path):
    method = create("standardised", {"features": ZSEOC["features"], "finetune": ZSEOC["finetune"] | {"shared": shared}})
    method.fit(task, QUIET)
    save(method, tmp_path)
    again = load(tmp_path)
    keys = {modality: method.extractor(modality).key for modality in ("photo", "sketch")}
    assert len(set(keys.values())) == (1 if shared else 2)
    assert {modality: again.extractor(modality).key for modality in keys} == keys
    for items in (task.queries(), task.gallery()):
        bare = replace(items, features=None, feature_key="")
        found = method.extractor(items.modality)(bare)
        np.testing.assert_array_equal(again.extractor(items.modality)(bare), found)
        assert found.std(axis=0).max() > 0


def test_killed_in_stage_one_and_resumed_a_system_gives_the_same_bytes(task, tmp_path, monkeypatch):
    whole = create("zseoc", ZSEOC)
    whole.fit(task, QUIET)
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "another cache"))
    run, plain, steps = replace(QUIET, folder=tmp_path, checkpoint_every=2), classification.classification, []

    def counted(*inputs):
        steps.append(len(steps))
        if len(steps) == 11:  # photos are done, sketches are not
            raise Killed
        return plain(*inputs)

    monkeypatch.setattr(classification, "classification", counted)
    with pytest.raises(Killed):
        create("zseoc", ZSEOC).fit(task, run)
    resumed = create("zseoc", ZSEOC)
    resumed.fit(task, run)
    assert len(steps) == 11 + 2  # two of the sketches' six steps were left
    assert same(resumed.state_dict(), whole.state_dict())
    np.testing.assert_array_equal(resumed.embed(task.gallery()), whole.embed(task.gallery()))


def test_items_without_pixels_are_refused(task):
    bare = replace(task.dataset, items=task.dataset.items | {"photo": replace(task.dataset.photos, pixels=None)})
    with pytest.raises(BadInputError, match="pixels"):
        tuned(replace(task, dataset=bare))
