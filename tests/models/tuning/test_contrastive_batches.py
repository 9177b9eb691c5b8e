from typing import NamedTuple

import numpy as np
import pytest

from tests.features.conftest import items_of
from zsr_lib.errors import BadInputError
from zsr_lib.features.maps import Maps
from zsr_lib.models.tuning.contrastive import DomainBatches
from zsr_lib.models.tuning.domains import Domain, MapInputs, Source

VIEWS = 3


def domain(name, labels, per_class=2, group="own", offset=0):
    """Every value of a map says which item and view it is: 10 · row + view + offset."""
    labels = np.array(labels)
    values = 10 * np.arange(len(labels))[:, None] + np.arange(VIEWS) + offset
    maps = np.broadcast_to(values[..., None, None, None], (len(labels), VIEWS, 2, 4, 4)).astype(np.float16)
    items = items_of(np.zeros((len(labels), 4, 4, 3), np.uint8), name)
    return Domain(Source(group, items, None, per_class), MapInputs(Maps(maps, ""), "cpu"), labels)


class Draw(NamedTuple):
    """Of one domain; views as the values of the maps say them."""

    rows: np.ndarray
    views: np.ndarray
    labels: np.ndarray


def draws(batch):
    sizes = [len(rows) for rows in batch.rows]
    values = (each[:, 0, 0, 0].numpy().astype(int) for each in batch.inputs.split(sizes))
    labels = (each.numpy() for each in batch.labels.split(sizes))
    return [Draw(rows.numpy(), value % 10, own) for rows, value, own in zip(batch.rows, values, labels, strict=True)]


@pytest.fixture
def domains():
    """Photos and hands of 3 classes, one of which has no hands and one a single photo; 5 others elsewhere."""
    return [
        domain("own photo", [0, 1, 0, 1, 0, 1, 2], per_class=2),
        domain("own sketch", [1, 0, 1, 0, 1, 0], per_class=3, offset=500),
        domain("other photo", np.repeat([2, 3, 4, 5, 6], 4), group="other", offset=1000),
    ]


@pytest.fixture
def batches(domains):
    return DomainBatches(domains, {"own": None, "other": 2}, seed=4)


def same(first, second):
    pairs = zip(draws(first), draws(second), strict=True)
    return all(np.array_equal(a.rows, b.rows) and np.array_equal(a.views, b.views) for a, b in pairs)


def test_a_batch_holds_so_many_items_of_each_chosen_class(domains, batches):
    for number in range(20):
        photos, sketches, others = draws(batches(number))
        assert np.bincount(photos.labels).tolist() == [2, 2, 1]
        assert np.bincount(sketches.labels).tolist() == [3, 3]
        assert sorted(np.bincount(others.labels, minlength=7)) == [0, 0, 0, 0, 0, 2, 2]
        for domain, draw in zip(domains, (photos, sketches, others), strict=True):
            assert np.array_equal(draw.labels, domain.labels[draw.rows])
            assert len(set(draw.rows)) == len(draw.rows) == len(draw.views)


def test_domains_of_a_group_take_the_same_classes():
    both = [domain("photo", np.arange(12) % 6), domain("sketch", np.arange(18) % 6)]
    batches = DomainBatches(both, {"own": 2}, seed=0)
    chosen = [tuple(set(draw.labels) for draw in draws(batches(number))) for number in range(30)]
    assert all(photos == sketches and len(photos) == 2 for photos, sketches in chosen)
    assert set.union(*(photos for photos, _ in chosen)) == set(range(6))


def test_every_item_and_view_comes_up(domains, batches):
    drawn = {0: set(), 1: set(), 2: set()}
    for number in range(150):
        for place, draw in enumerate(draws(batches(number))):
            drawn[place] |= set(zip(draw.rows.tolist(), draw.views.tolist(), strict=True))
    for place, each in enumerate(domains):
        assert drawn[place] == {(row, view) for row in range(len(each.labels)) for view in range(VIEWS)}


def test_a_batch_follows_from_seed_and_number_alone(domains, batches):
    again = DomainBatches(domains, {"own": None, "other": 2}, seed=4)
    later = [again(number) for number in (9, 3)]
    assert same(batches(3), later[1])
    assert same(batches(9), later[0])
    assert not same(batches(3), batches(4))
    assert not same(batches(3), DomainBatches(domains, {"own": None, "other": 2}, seed=5)(3))


def test_any_whole_number_is_a_seed(domains):
    groups = {"own": None, "other": 2}
    assert same(DomainBatches(domains, groups, -1)(0), DomainBatches(domains, groups, -1)(0))


def test_more_classes_than_there_are_say_so(domains):
    with pytest.raises(BadInputError, match="6 classes of other; there are 5"):
        DomainBatches(domains, {"own": None, "other": 6}, seed=0)


def test_maps_are_those_of_the_rows_and_views_domain_after_domain(domains, batches):
    batch = batches(0)
    offsets = (0, 500, 1000)
    expected = [10 * draw.rows + draw.views + offset for draw, offset in zip(draws(batch), offsets, strict=True)]
    assert batch.inputs.shape == (sum(map(len, expected)), 2, 4, 4)
    assert set(np.concatenate([draw.views for draw in draws(batch)]).tolist()) <= set(range(VIEWS))
    whole = np.concatenate(expected)[:, None, None, None] + np.zeros((2, 4, 4))
    np.testing.assert_array_equal(batch.inputs.numpy(), whole)
