from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsr_lib.errors import BadInputError
from zsr_lib.training.sampling import ClassPairs, PartnerRows, Shuffled

PHOTOS = np.array([7, 2, 2, 7, 5, 5, 5, 2, 7, 5, 5, 5])
SKETCHES = np.array([2, 5, 7, 7, 5, 2, 2, 2])
BOTH = {"photo": PHOTOS, "sketch": SKETCHES}


def flat(batch):
    """All arrays of a batch in a row."""
    if isinstance(batch, np.ndarray):
        return [batch]
    return [*batch.own.values(), *batch.other.values(), batch.labels, batch.other_labels]


def equal(first, second):
    return all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


@given(st.integers(0, 1000), st.integers(1, 8), st.integers(0, 5))
def test_pairs_share_a_class_and_the_others_do_not(number, batch_size, seed):
    batch = ClassPairs(BOTH, batch_size, seed)(number)
    assert all(rows.shape == (batch_size,) and rows.dtype == np.int64 for rows in flat(batch))
    assert all(np.array_equal(BOTH[name][rows], batch.labels) for name, rows in batch.own.items())
    assert all(np.array_equal(BOTH[name][rows], batch.other_labels) for name, rows in batch.other.items())
    assert (batch.labels != batch.other_labels).all()
    counts = [np.sum(batch.labels == label) for label in (2, 5, 7)]
    assert max(counts) - min(counts) <= 1


def test_every_item_has_its_turn_and_classes_are_balanced_as_negatives():
    sampler = ClassPairs(BOTH, 8)
    batches = [sampler(number) for number in range(400)]
    for name, labels in BOTH.items():
        for rows in ([batch.own[name] for batch in batches], [batch.other[name] for batch in batches]):
            assert set(np.concatenate(rows).tolist()) == set(range(len(labels)))
    others = Counter(np.concatenate([batch.other_labels for batch in batches]).tolist())
    assert all(abs(times / 3200 - 1 / 3) < 0.04 for times in others.values())


@pytest.mark.parametrize(
    "make",
    [
        lambda seed: ClassPairs(BOTH, 6, seed),
        lambda seed: Shuffled(50, 20, seed),
    ],
)
def test_a_batch_follows_from_seed_and_number_alone(make):
    first, again = make(3), make(3)
    for number in (5, 0, 2):  # in another order
        again(number)
    for number in range(6):
        assert equal(flat(first(number)), flat(again(number)))
    assert not equal(flat(first(0)), flat(first(1)))
    assert not equal(flat(first(0)), flat(make(4)(0)))


def test_negative_seeds_are_seeds():
    assert not equal(flat(ClassPairs(BOTH, 8, -1)(0)), flat(ClassPairs(BOTH, 8, 1)(0)))


@pytest.mark.parametrize(
    ("photos", "sketches", "size", "says"),
    [
        ([0, 1, 2], [0, 1, 1], 2, "class 'river' has no sketch items"),
        ([0, 1, 1], [0, 1, 2], 2, "class 'river' has no photo items"),
        ([0, 0], [0, 0], 2, "fewer than two classes"),
        ([], [], 1, "fewer than two classes"),
        ([0, 1, 1], [0, 1, 0, 1], 4, "a batch of 4 cannot be drawn from 3 photo items"),
        ([0, 1, 0, 1], [0, 1, 1], 4, "a batch of 4 cannot be drawn from 3 sketch items"),
        ([0, 1], [0, 1], 0, "a batch of 0"),
    ],
)
def test_pairs_that_cannot_be_drawn(photos, sketches, size, says):
    both = {"photo": np.array(photos), "sketch": np.array(sketches)}
    with pytest.raises(BadInputError, match=says):
        ClassPairs(both, size, classes=("runway", "bridge", "river"))


def test_the_remedy_for_a_large_batch_says_how_large():
    with pytest.raises(BadInputError) as caught:
        ClassPairs(BOTH, 9)
    assert "training.batch_size to at most 8" in caught.value.remedy


def test_a_nameless_class_is_called_by_its_number():
    with pytest.raises(BadInputError, match="class 2 has no sketch items"):
        ClassPairs({"photo": np.array([0, 1, 2]), "sketch": np.array([0, 1])}, 1)


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


@given(st.integers(0, 200), st.integers(2, 6), st.integers(0, 5))
def test_partners_stay_together_and_negatives_are_other_pairs(number, batch_size, seed):
    rows = {"pan": np.array([5, 3, 0, 1, 2, 4]), "ms": np.array([0, 1, 2, 3, 4, 5])}
    labels = np.array([0, 0, 1, 1, 2, 2])
    batch = PartnerRows(rows, labels, batch_size, seed)(number)
    place = dict(zip(rows["pan"].tolist(), rows["ms"].tolist(), strict=True))
    for drawn, names in ((batch.own, batch.labels), (batch.other, batch.other_labels)):
        assert [place[each] for each in drawn["pan"].tolist()] == drawn["ms"].tolist()
        assert np.array_equal(labels[drawn["ms"]], names)
    assert sorted(batch.other["ms"].tolist()) == sorted(batch.own["ms"].tolist())
    assert set(batch.number.tolist()) == {number}


def test_a_batch_of_one_pair_has_no_negatives():
    with pytest.raises(BadInputError, match="no negatives"):
        PartnerRows({"pan": np.arange(3), "ms": np.arange(3)}, np.zeros(3, np.int64), 1)
