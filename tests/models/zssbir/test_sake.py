import numpy as np
import pytest
import torch
from torch import nn

from tests.models.shapes import shapes_task
from tests.models.zssbir.common import fitted
from tests.models.zssbir.test_cvae import FakeBatch
from zsr_lib.data.semantics import class_semantics
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.models.zssbir import sake as module
from zsr_lib.models.zssbir.sake import class_means, factors

SMALL = {"code_size": 6, "semantics": "random"}
KNOWN = 9


@pytest.fixture
def teacher(monkeypatch):
    torch.manual_seed(0)
    layer = nn.Linear(64, KNOWN)
    nn.init.normal_(layer.weight)
    monkeypatch.setattr(module, "pretrained_classifier", lambda features: layer)
    return layer.double()


@pytest.mark.parametrize("rank", [1, 3, 5, 8])
def test_factors_are_the_best_matrix_of_their_rank(rank):
    matrix = torch.randn(5, 7, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    left, values, right = factors(matrix, rank)
    assert (left.shape, values.shape, right.shape) == ((5, rank), (rank,), (rank, 7))
    missed = (matrix - left * values @ right).square().sum()
    rest = torch.linalg.svdvals(matrix)[rank:].square().sum()  # Eckart and Young
    assert missed.item() == pytest.approx(rest.item(), abs=1e-12)
    used = right[: min(rank, 5)]
    assert (used.gather(1, used.abs().argmax(dim=1, keepdim=True)) > 0).all()


def test_class_means_are_those_of_a_loop():
    rows, labels = torch.arange(12.0).reshape(4, 3), torch.tensor([1, 0, 1, 3])
    np.testing.assert_allclose(class_means(rows, labels, 4), [[3, 4, 5], [3, 4, 5], [0, 0, 0], [9, 10, 11]])


@pytest.mark.parametrize("standardise", [False, True])
def test_with_codes_long_enough_it_starts_by_saying_what_its_teacher_says(teacher, standardise):
    options = SMALL | {"code_size": KNOWN, "standardise": standardise}
    method, _ = fitted("sake", training={"steps": 1, "learning_rate": 1e-12}, **options)
    photos = shapes_task().gallery()
    codes = method.net.encode("photo", torch.from_numpy(method.features_of(photos)).double())
    expected = teacher(torch.from_numpy(method.features_of(photos)).double())
    torch.testing.assert_close(method.net.known(codes), expected, rtol=0, atol=1e-5)


def test_the_teachers_words_are_its_answer_and_those_to_classes_with_a_near_name(teacher):
    method, _ = fitted("sake", **SMALL)
    task = shapes_task()
    photos = task.photos("seen")
    answers = teacher(torch.from_numpy(method.features_of(photos)).double()).detach()
    means = [answers[torch.from_numpy(photos.class_names == name)].mean(dim=0) for name in task.seen]
    vectors = class_semantics("random", task.seen).astype(float)
    for own, similar in enumerate(method._similar):
        cosines = vectors @ vectors[own] / np.linalg.norm(vectors, axis=1) / np.linalg.norm(vectors[own])
        weights = np.maximum(cosines, 0)
        expected = sum(w * mean for w, mean in zip(weights, means, strict=True)) / weights.sum()
        torch.testing.assert_close(similar, expected, rtol=1e-5, atol=1e-5)
    batch = FakeBatch(**{name: torch.rand(5, 64, dtype=torch.float64) for name in ("photo", "sketch")})
    said = teacher(batch["photo"]) + 0.3 * method._similar[batch.labels]
    logits = method.net.known(method.net.encode("photo", batch["photo"]))
    expected = nn.functional.kl_div(logits.log_softmax(1), said.softmax(1), reduction="batchmean")
    assert method.loss(batch)["knowledge"].item() == pytest.approx(expected.item(), rel=1e-6)


def test_what_is_kept_is_forgotten_without_the_term(teacher):
    start, _ = fitted("sake", training={"steps": 1, "learning_rate": 1e-12}, **SMALL)
    photos = torch.from_numpy(start.features_of(shapes_task().gallery())).double()

    def strays(method):
        said = method.net.known(method.net.encode("photo", photos)).log_softmax(dim=1)
        return nn.functional.kl_div(said, teacher(photos).softmax(dim=1), reduction="batchmean").item()

    much = {"steps": 100, "learning_rate": 1e-2}
    kept, forgot = (
        fitted("sake", training=much, **SMALL | {"own": 1.0, "similar": 0.0, "knowledge": each}) for each in (5.0, 0.0)
    )
    assert set(kept[1].steps[0]) - set(forgot[1].steps[0]) == {"knowledge"}
    assert strays(kept[0]) < strays(start)


def test_without_weights_to_ask_it_says_what_to_set():
    with pytest.raises(BadInputError, match=r"no classifier[\s\S]*knowledge to 0"):
        fitted("sake", **SMALL)
    method, history = fitted("sake", **SMALL | {"knowledge": 0.0})
    assert "knowledge" not in history.steps[0]
    assert method.embed(shapes_task().gallery()).shape[1] == 6
    assert method.net.known is None


@pytest.mark.parametrize("name", ["knowledge", "own", "similar"])
def test_negative_weights_are_refused(name):
    with pytest.raises(BadInputError, match=f"{name} is -1"):
        create("sake", {name: -1.0})
