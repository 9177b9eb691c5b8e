from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsr_lib.errors import BadInputError
from zsr_lib.training.sampling import ClassBalanced, ClassPairs, Shuffled

PHOTOS = np.array([7, 2, 2, 7, 5, 5, 5, 2, 7, 5, 5, 5])
SKETCHES = np.array([2, 5, 7, 7, 5, 2, 2, 2])


def equal(first, second):
    return all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


@given(st.integers(0, 1000), st.integers(1, 8), st.integers(0, 5))
def test_pairs_share_a_class_and_the_others_do_not(number, batch_size, seed):
    batch = ClassPairs(PHOTOS, SKETCHES, batch_size, seed)(number)
    assert all(rows.shape == (batch_size,) and rows.dtype == np.int64 for rows in batch)
    assert equal([PHOTOS[batch.photo], SKETCHES[batch.sketch]], [batch.labels] * 2)
    assert equal([PHOTOS[batch.other_photo], SKETCHES[batch.other_sketch]], [batch.other_labels] * 2)
    assert (batch.labels != batch.other_labels).all()
    counts = [np.sum(batch.labels == label) for label in (2, 5, 7)]
    assert max(counts) - min(counts) <= 1


def test_every_item_has_its_turn_and_classes_are_balanced_as_negatives():
    sampler = ClassPairs(PHOTOS, SKETCHES, 8)
    batches = [sampler(number) for number in range(400)]
    for name, count in (("photo", 12), ("sketch", 8), ("other_photo", 12), ("other_sketch", 8)):
        drawn = np.concatenate([getattr(batch, name) for batch in batches])
        assert set(drawn.tolist()) == set(range(count))
    others = Counter(np.concatenate([batch.other_labels for batch in batches]).tolist())
    assert all(abs(times / 3200 - 1 / 3) < 0.04 for times in others.values())


@pytest.mark.parametrize(
    "make",
    [
        lambda seed: ClassPairs(PHOTOS, SKETCHES, 6, seed),
        lambda seed: ClassBalanced(PHOTOS, 2, 3, seed),
        lambda seed: Shuffled(50, 20, seed),
    ],
)
def test_a_batch_follows_from_seed_and_number_alone(make):
    first, again = make(3), make(3)
    for number in (5, 0, 2):  # in another order
        again(number)
    for number in range(6):
        assert equal(np.atleast_2d(first(number)), np.atleast_2d(again(number)))
    assert not equal(np.atleast_2d(first(0)), np.atleast_2d(first(1)))
    assert not equal(np.atleast_2d(first(0)), np.atleast_2d(make(4)(0)))


def test_negative_seeds_are_seeds():
    assert not equal(ClassPairs(PHOTOS, SKETCHES, 8, -1)(0), ClassPairs(PHOTOS, SKETCHES, 8, 1)(0))


@pytest.mark.parametrize(
    ("photos", "sketches", "size", "says"),
    [
        ([0, 1, 2], [0, 1, 1], 2, "class 'river' has no sketches"),
        ([0, 1, 1], [0, 1, 2], 2, "class 'river' has no photos"),
        ([0, 0], [0, 0], 2, "fewer than two classes"),
        ([], [], 1, "fewer than two classes"),
        ([0, 1, 1], [0, 1, 0, 1], 4, "a batch of 4 cannot be drawn from 3 photos"),
        ([0, 1, 0, 1], [0, 1, 1], 4, "a batch of 4 cannot be drawn from 3 sketches"),
        ([0, 1], [0, 1], 0, "a batch of 0"),
    ],
)
def test_pairs_that_cannot_be_drawn(photos, sketches, size, says):
    with pytest.raises(BadInputError, match=says):
        ClassPairs(np.array(photos), np.array(sketches), size, classes=("runway", "bridge", "river"))


def test_the_remedy_for_a_large_batch_says_how_large():
    with pytest.raises(BadInputError) as caught:
        ClassPairs(PHOTOS, SKETCHES, 9)
    assert "training.batch_size to at most 8" in caught.value.remedy


def test_a_nameless_class_is_called_by_its_number():
    with pytest.raises(BadInputError, match="class 2 has no sketches"):
        ClassPairs(np.array([0, 1, 2]), np.array([0, 1]), 1)


@given(st.integers(0, 500))
def test_balanced_batches_have_different_items_of_different_classes(number):
    rows = ClassBalanced(PHOTOS, 2, 3)(number)
    labels = PHOTOS[rows]
    assert len(set(rows.tolist())) == 6
    assert len(set(labels[:3])) == len(set(labels[3:])) == 1
    assert labels[0] != labels[3]


@pytest.mark.parametrize(
    ("classes", "each", "says"),
    [(4, 1, "4 classes cannot be drawn from 3"), (0, 1, "0 classes"), (2, 4, "class 2 has 3"), (2, 0, "0 items")],
)
def test_balanced_batches_that_cannot_be_drawn(classes, each, says):
    with pytest.raises(BadInputError, match=says):
        ClassBalanced(PHOTOS, classes, each)


@given(st.integers(1, 40), st.data())
def test_each_epoch_is_a_permutation(count, data):
    size = data.draw(st.integers(1, count))
    sampler = Shuffled(count, size)
    rows = np.concatenate([sampler(number) for number in range(-(-3 * count // size))])
    epochs = rows[: 3 * count].reshape(3, count)
    assert (np.sort(epochs, axis=1) == np.arange(count)).all()


def test_a_batch_larger_than_the_data_is_refused():
    with pytest.raises(BadInputError, match="a batch of 11 cannot be drawn from 10 items"):
        Shuffled(10, 11)
    with pytest.raises(BadInputError, match="from 0 items"):
        Shuffled(0, 1)


def test_a_batch_is_the_callers_own():
    sampler = Shuffled(10, 5)
    sampler(0)[:] = 0
    assert len(set(sampler(0).tolist())) == 5
