import numpy as np
import pytest

from tests.models.shapes import TINY, shapes_task, with_text
from zsr_lib.errors import BadInputError
from zsr_lib.losses.supervised_contrastive import supervised_contrastive
from zsr_lib.models.bases.pool import pool_of
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

OPTIONS = {
    "features": TINY | {"by": {"text": {"backbone": "words"}}},
    "code_size": 16,
    "training": {"steps": 60, "batch_size": 8, "learning_rate": 1e-2, "precision": "float64"},
}


@pytest.fixture(scope="module")
def task():
    return with_text(shapes_task())


@pytest.fixture(scope="module")
def method(task):
    made = create("ktir", OPTIONS)
    made.fit(task, Run(progress=False))
    return made


def test_a_training_sentence_finds_its_photo(task, method):
    """Of 24 photos, each sentence is true of three: chance is an eighth of that among the first three."""
    photos, text = (task.training_items("seen", name) for name in ("photo", "text"))
    alike = _unit(method.embed(text)) @ _unit(method.embed(photos)).T
    first = alike.argsort(axis=1)[:, ::-1][:, :3]
    hits = [photos.ids[rows].tolist().count(own) for rows, own in zip(first, text.pairs, strict=True)]
    assert np.mean(hits) > 0.5


def test_a_batch_has_a_sketch_of_each_pairs_class(task, method):
    pool = pool_of(task)
    rows = method.batches(pool, 0)(3)
    sketches, photos = pool.items["sketch"], pool.items["photo"]
    assert (pool.labels(sketches)[rows.own["sketch"]] == rows.labels).all()
    assert (pool.labels(photos)[rows.own["photo"]] == rows.labels).all()
    assert (method.batches(pool, 0)(3).own["sketch"] == rows.own["sketch"]).all()


def test_the_loss_is_infonce_with_a_photos_sentences_as_positives():
    """Photos 0 and 1, three sentences of which two are of photo 0: by hand, in the plain formula."""
    import torch

    photos, text = torch.randn(3, 4, dtype=torch.float64), torch.randn(3, 4, dtype=torch.float64)
    photos[1] = photos[0]
    labels = torch.tensor([0, 0, 1])
    sides = torch.arange(2).repeat_interleave(3)
    made = supervised_contrastive(torch.cat([photos, text]), labels.repeat(2), sides, 0.1, True)
    units = torch.nn.functional.normalize(torch.cat([photos, text]), dim=1)
    owner, side, costs = [0, 0, 1] * 2, [0, 0, 0, 1, 1, 1], []
    for i in range(6):
        positive = [j for j in range(6) if owner[j] == owner[i] and side[j] != side[i]]
        rest = [j for j in range(6) if owner[j] != owner[i]]
        total = sum(float((units[i] @ units[j] / 0.1).exp()) for j in positive + rest)
        costs.append(-np.mean([np.log(float((units[i] @ units[j] / 0.1).exp()) / total) for j in positive]))
    assert made.item() == pytest.approx(np.mean(costs))


def test_knowledge_is_read_with_the_sentence(task, method):
    from dataclasses import replace

    text = replace(task.items("seen", "text").take([0, 1]), sentences=np.array(["a runway", "a quonk"]))
    plain = create("ktir", OPTIONS | {"triples": 0})
    with_it, without = method.features_of(text), plain.features_of(text)
    assert (with_it[0] != without[0]).any()
    np.testing.assert_array_equal(with_it[1], without[1])


def test_sentences_that_name_no_photo_are_refused():
    with pytest.raises(BadInputError, match="no photo item names a partner"):
        create("ktir", {**OPTIONS, "features": TINY}).fit(shapes_task(), Run(progress=False))


def _unit(codes):
    return codes / np.linalg.norm(codes, axis=1, keepdims=True)
