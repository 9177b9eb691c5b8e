from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.shapes import shapes, shapes_task, with_partners
from zsr_lib.errors import BadInputError
from zsr_lib.experiments.config import RetrievalConfig
from zsr_lib.experiments.scoring import score
from zsr_lib.models.fine_grained.instance_triplet import SameClassRows
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

OPTIONS = {"features": {"backbone": "pixels", "size": 16}, "training": {"steps": 20, "batch_size": 8}}


def fitted(task, **options):
    method = create("instance_triplet", OPTIONS | options)
    method.fit(task, Run(progress=False))
    return method


def test_negatives_show_another_thing_of_the_same_class():
    labels = np.repeat([0, 1, 2], [4, 4, 1])
    photos = np.array([0, 0, 1, 2, 5, 6, 6, 7, 9])  # some photos were sketched twice; class 2 has one pair
    draw = SameClassRows({"photo": photos, "sketch": np.arange(9)}, labels, 9, seed=3)
    for number in range(20):
        rows = draw(number)
        for place, label in enumerate(rows.labels.tolist()):
            assert rows.other["photo"][place] != rows.own["photo"][place]
            expected = label if label < 2 else rows.other_labels[place]
            assert labels[photos == rows.other["photo"][place]][0] == expected == rows.other_labels[place]
        assert np.array_equal(photos[rows.own["sketch"]], rows.own["photo"])
    again = draw(19)
    assert all(np.array_equal(rows.other[name], again.other[name]) for name in again.other)


def test_it_starts_as_the_identity():
    task = with_partners(shapes_task())
    method = fitted(task, training={"steps": 1, "batch_size": 8, "learning_rate": 1e-12})
    photos = task.gallery()
    features = method.features_of(photos)
    expected = features / np.linalg.norm(features, axis=1, keepdims=True)
    np.testing.assert_allclose(method.embed(photos), expected, atol=1e-5)


def test_the_triplets_pull_a_sketch_to_its_own_photo():
    task = with_partners(shapes_task())
    pool = task.items("seen", "photo"), task.items("seen", "sketch")

    def own_rank(method):
        photos, sketches = (torch.from_numpy(method.embed(items)) for items in pool)
        same = torch.from_numpy(pool[0].labels[:, None] == pool[1].labels[None])
        near = (photos @ sketches.T).masked_fill(~same, -9)
        return (near > near.diagonal()).float().sum(dim=0).mean().item()

    short, long = ({"steps": steps, "batch_size": 8, "learning_rate": 1e-3} for steps in (1, 80))
    before, after = (fitted(task, classification=0.0, training=each) for each in (short, long))
    assert own_rank(after) < own_rank(before)


def test_sketches_without_a_photo_are_passed_over_and_counted_where_they_search():
    task = with_partners(shapes_task(), without=(0, 1, 2, 12))  # one of them of an unseen class: rows 12 … 17 are discs
    method = fitted(task)
    rules = RetrievalConfig(relevance="pair", gallery="within-class", no_relevant="skip")
    found = score(method, task, ["Acc@1"], ["sketch→photo"], rules)["sketch→photo"].evaluation
    assert (len(found.counted), found.counted.sum()) == (12, 11)
    assert set(found.gallery) == {6}
    with pytest.raises(BadInputError, match=r"1 of 12 queries[\s\S]*skip"):
        score(method, task, ["Acc@1"], ["sketch→photo"], replace(rules, no_relevant="error"))


def test_training_counts_what_has_no_partner():
    task = with_partners(shapes_task(), without=(0, 1, 2, 12))  # three of seen classes
    method = create("instance_triplet", OPTIONS)
    notes = method.fit(task, Run(progress=False)).notes
    assert notes == {"photo items without a partner": 3, "sketch items without a partner": 3}


def test_without_any_pair_it_says_so():
    with pytest.raises(BadInputError, match="names a partner"):
        fitted(shapes_task(dataset=shapes()))
