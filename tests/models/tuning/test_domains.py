import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.models.tuning.domains import Domain, DomainBatches, maps_of

VIEWS = 3


def domain(name, labels, per_class=2, group="own", offset=0):
    """Every value of a map says which item and view it is: 10 · row + view + offset."""
    labels = np.array(labels)
    values = 10 * np.arange(len(labels))[:, None] + np.arange(VIEWS) + offset
    maps = np.broadcast_to(values[..., None, None, None], (len(labels), VIEWS, 2, 4, 4)).astype(np.float16)
    return Domain(name, group, maps, labels, per_class)


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
    pairs = zip(first, second, strict=True)
    return all(np.array_equal(a.rows, b.rows) and np.array_equal(a.views, b.views) for a, b in pairs)


def test_a_batch_holds_so_many_items_of_each_chosen_class(domains, batches):
    for number in range(20):
        photos, sketches, others = batches(number)
        assert [draw.domain for draw in (photos, sketches, others)] == [0, 1, 2]
        assert np.bincount(photos.labels).tolist() == [2, 2, 1]
        assert np.bincount(sketches.labels).tolist() == [3, 3]
        assert sorted(np.bincount(others.labels, minlength=7)) == [0, 0, 0, 0, 0, 2, 2]
        for draw in (photos, sketches, others):
            assert np.array_equal(draw.labels, domains[draw.domain].labels[draw.rows])
            assert len(set(draw.rows)) == len(draw.rows) == len(draw.views)


def test_domains_of_a_group_take_the_same_classes():
    both = [domain("photo", np.arange(12) % 6), domain("sketch", np.arange(18) % 6)]
    batches = DomainBatches(both, {"own": 2}, seed=0)
    chosen = [tuple(set(draw.labels) for draw in batches(number)) for number in range(30)]
    assert all(photos == sketches and len(photos) == 2 for photos, sketches in chosen)
    assert set.union(*(photos for photos, _ in chosen)) == set(range(6))


def test_every_item_and_view_comes_up(domains, batches):
    drawn = {0: set(), 1: set(), 2: set()}
    for number in range(150):
        for draw in batches(number):
            drawn[draw.domain] |= set(zip(draw.rows.tolist(), draw.views.tolist(), strict=True))
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
    maps = maps_of(domains, batch, "cpu")
    offsets = (0, 500, 1000)
    expected = [10 * draw.rows + draw.views + offset for draw, offset in zip(batch, offsets, strict=True)]
    assert maps.shape == (sum(map(len, expected)), 2, 4, 4)
    np.testing.assert_array_equal(maps.numpy(), np.concatenate(expected)[:, None, None, None] + np.zeros((2, 4, 4)))
