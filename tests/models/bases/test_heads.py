"""What all networks on features share, seen through the plainest of them."""

from dataclasses import replace

import numpy as np
import pytest

from tests.models.shapes import SPLIT, shapes, shapes_task
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.evaluation.protocols import Protocol
from zsr_lib.evaluation.score import evaluate
from zsr_lib.evaluation.sides import Side
from zsr_lib.features.extractor import attach_dataset
from zsr_lib.models.bases import chunks
from zsr_lib.models.registry import create
from zsr_lib.models.saving import load, save
from zsr_lib.training.config import Run

QUIET = Run(progress=False)
OPTIONS = {"features": {"backbone": "pixels", "size": 16}, "training": {"steps": 20, "batch_size": 12}}


@pytest.fixture
def task():
    return shapes_task()


@pytest.fixture
def validating():
    return build_task(shapes(), SPLIT, validation_classes=["bar", "river"])


def fitted(task, run=QUIET, **training):
    method = create("cnn_baseline", OPTIONS | {"training": OPTIONS["training"] | training})
    return method, method.fit(task, run)


def test_features_that_are_not_numbers_name_their_items(task):
    dataset = attach_dataset(task.dataset, create("cnn_baseline", OPTIONS).extractor("photo"))
    for modality, items in dataset.items.items():
        row = int(items.rows_of(["river"])[2])
        features = items.features.copy()
        features[row, 5] = np.inf
        broken = replace(dataset, items=dataset.items | {modality: replace(items, features=features)})
        with pytest.raises(BadInputError, match=rf"1 items are not finite, among them {items.ids[row]}\."):
            fitted(replace(task, dataset=broken))


def test_a_network_moves_to_the_device_it_is_loaded_for(task, tmp_path):
    method, _ = fitted(task)
    save(method, tmp_path)
    moved = load(tmp_path, "meta")
    assert {each.device.type for each in moved.net.parameters()} == {"meta"}
    moved.to("meta")
    assert {each.device.type for each in method.net.parameters()} == {"cpu"}


def test_a_batch_larger_than_the_data_says_what_to_lower(task):
    with pytest.raises(BadInputError, match=r"batch of 25 [\s\S]*training\.batch_size to at most 24"):
        fitted(task, batch_size=25)
    fitted(task, batch_size=24, steps=1)


def test_a_class_without_training_sketches_is_named_and_how_to_have_them_drawn(task):
    sketches = task.dataset.sketches.of_classes(["bar", "cross", "runway", "disc"])
    with pytest.raises(BadInputError, match=r"river\.[\s\S]*machine_sketches"):
        fitted(replace(task, dataset=replace(task.dataset, items=task.dataset.items | {"sketch": sketches})))


def test_the_state_that_ranks_validation_classes_best_is_kept(validating):
    method, history = fitted(validating, validate_every=4, learning_rate=0.01)
    scores = {row["step"]: row["score"] for row in history.validations}
    assert list(scores) == [4, 8, 12, 16, 20]
    sides = [
        Side(method.embed(items), items.class_names)
        for items in (validating.sketches("validation"), validating.photos("validation"))
    ]
    kept = evaluate(*sides, ["AP@all/std"], Protocol(distance="cosine")).micro("AP@all/std")
    assert scores[history.best_step] == max(scores.values()) == pytest.approx(kept, abs=1e-9)
    assert [(part.name, part.classes) for part in method.trained_parts()] == [
        ("heads", ("cross", "runway")),
        ("model selection", ("bar", "river")),
    ]


def test_without_validation_the_last_state_is_kept_and_no_class_chose(validating):
    method, history = fitted(validating)
    assert (history.best_step, history.validations) == (None, [])
    assert [part.name for part in method.trained_parts()] == ["heads"]


def test_codes_do_not_depend_on_what_is_embedded_together(task, monkeypatch):
    method, _ = fitted(task)
    whole = method.embed(task.photos("seen"))
    monkeypatch.setattr(chunks, "CHUNK", 5)
    np.testing.assert_allclose(method.embed(task.photos("seen")), whole, rtol=1e-5, atol=1e-5)
    assert method.embed(task.photos("seen").take(np.arange(0))).shape == (0, 128)


def test_an_interrupted_fit_goes_on_where_it_was(task, tmp_path, monkeypatch):
    expected = fitted(task)[0].embed(task.gallery())
    run = Run(progress=False, folder=tmp_path, checkpoint_every=5)
    steps = []

    def breaking(scores, *rest):
        steps.append(scores)
        if len(steps) == 13:
            raise RuntimeError("the power is cut")
        return loss(scores, *rest)

    from zsr_lib.models.references import cnn_baseline

    loss = cnn_baseline.cross_modal_classification
    monkeypatch.setattr(cnn_baseline, "cross_modal_classification", breaking)
    with pytest.raises(RuntimeError, match="power"):
        fitted(task, run)
    resumed, _ = fitted(task, run)
    assert len(steps) == 13 + 10
    assert np.array_equal(resumed.embed(task.gallery()), expected)


def test_before_fitting_it_says_what_to_do(task, tmp_path):
    method = create("cnn_baseline", OPTIONS)
    for attempt in (lambda: method.embed(task.gallery()), lambda: save(method, tmp_path)):
        with pytest.raises(BadInputError, match=r"not fitted[\s\S]*fit\(task\)"):
            attempt()


def test_a_state_that_lacks_a_layer_is_refused(task, tmp_path, monkeypatch):
    method, _ = fitted(task)
    state = {name: value for name, value in method.state_dict().items() if "bias" not in name}
    monkeypatch.setattr(method, "state_dict", lambda: state)
    save(method, tmp_path)
    with pytest.raises(BadFileError, match="complete 'cnn_baseline'"):
        load(tmp_path)
