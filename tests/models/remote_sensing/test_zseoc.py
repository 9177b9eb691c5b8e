from dataclasses import fields, replace

import numpy as np
import pytest

from tests.models.conftest import chance, score
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.models.registry import create
from zsr_lib.models.remote_sensing.semantic_space import LossWeights
from zsr_lib.training.config import Run

QUIET = Run(progress=False)
TERMS = [each.name for each in fields(LossWeights)]
OPTIONS = {
    "features": {"backbone": "hog", "size": 64},
    "semantics": "attributes",
    # On raw features this sum of squares outweighs all other terms, and validation classes are ranked worse.
    "losses": {"reconstruction": 0.0},
    "training": {"steps": 60, "batch_size": 64},
}


def fitted(task, **options):
    method = create("zseoc", OPTIONS | options)
    return method, method.fit(task, QUIET)


def test_terms_as_means_and_weight_decay_make_it_better_than_its_features(task):
    # What experiments/quick-zseoc.yaml says, with fewer steps.
    weights = {"latent": 1 / 30, "triplet": 1.0, "classification": 1.0, "reconstruction": 1 / 1764}
    training = {"steps": 150, "batch_size": 128, "optimizer": "adamw", "learning_rate": 2e-3, "weight_decay": 10.0}
    method, _ = fitted(task, losses=weights, margin=3.0, training=training)
    as_it_was = create("frozen", {"features": OPTIONS["features"]})
    as_it_was.fit(task, QUIET)
    assert score(method, task) > max(score(as_it_was, task), chance(task) + 0.06)


@pytest.mark.parametrize("term", TERMS)
def test_every_loss_can_be_used_alone_and_falls(task, term):
    weights = dict.fromkeys(TERMS, 0.0) | {term: 1.0}
    _, history = fitted(task, losses=weights, dropout=0.0)
    values = history.curve(term)[1]
    assert np.mean(values[-5:]) < np.mean(values[:5])
    assert [key for key in history.steps[0] if key in TERMS] == [term]


def test_the_kept_state_is_the_best_on_validation_classes(task):
    training = OPTIONS["training"] | {"validate_every": 10}
    method, history = fitted(task, training=training)
    scores = {row["step"]: row["score"] for row in history.validations}
    assert scores[history.best_step] == max(scores.values())
    assert {part.name: part.classes for part in method.trained_parts()} == {
        "heads": task.seen,
        "model selection": task.validation,
    }


def test_standardised_inputs_are_measured_on_seen_classes(task):
    method, _ = fitted(task, standardise=True)
    seen = task.photos("seen").features
    np.testing.assert_allclose(method.net.scaling["photo"].mean.numpy(), seen.mean(axis=0), atol=1e-5)


def test_encoders_that_start_alike_give_both_modalities_the_same_code(task):
    one_step = {"training": {"steps": 1, "batch_size": 64, "learning_rate": 1e-12}}
    photos = task.gallery()
    as_sketches = replace(photos, modality="sketch")
    alike, _ = fitted(task, same_start=True, **one_step)
    np.testing.assert_allclose(alike.embed(photos), alike.embed(as_sketches), atol=1e-4)
    apart, _ = fitted(task, **one_step)
    assert np.abs(apart.embed(photos) - apart.embed(as_sketches)).max() > 0.1


def test_a_class_without_training_sketches_is_named(task):
    lone = task.seen[0]
    sketches = task.dataset.sketches.of_classes([name for name in task.dataset.classes if name != lone])
    with pytest.raises(BadInputError, match=lone):
        fitted(replace(task, dataset=replace(task.dataset, items=task.dataset.items | {"sketch": sketches})))


def test_features_that_are_not_numbers_name_their_items(task):
    photos = task.dataset.photos
    features = photos.features.copy()
    row = int(photos.rows_of(task.seen[:1])[0])
    features[row, 3] = np.nan
    broken = replace(task.dataset, items=task.dataset.items | {"photo": replace(photos, features=features)})
    with pytest.raises(BadInputError, match=photos.ids[row]):
        fitted(replace(task, dataset=broken))


def test_a_batch_larger_than_the_data_says_so(task):
    with pytest.raises(BadInputError, match="batch"):
        fitted(task, training={"steps": 2, "batch_size": 100_000})


def test_a_misspelled_option_names_the_nearest():
    with pytest.raises(UnknownNameError, match="margin"):
        create("zseoc", {"marign": 2.0})
