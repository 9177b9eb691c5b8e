import numpy as np
import pytest

from zsr_lib.data.items import ItemSet, joined
from zsr_lib.data.lazy_rows import LazyRows, joined_rows, lazy

SMALL = np.arange(7 * 2 * 3).reshape(7, 2, 3)
OTHER = -SMALL[:4]


@pytest.mark.parametrize("key", [0, -1, slice(1, 6, 2), [3, 3, 0], np.arange(7) % 2 == 0, (slice(None), 1), (2, 0, 1),
                                 np.array([[0, 1], [5, 2]])])  # fmt: skip
def test_it_answers_as_an_array_does(key):
    np.testing.assert_array_equal(lazy(SMALL)[key], SMALL[key])


def test_rows_of_rows_and_of_several_arrays():
    both = joined_rows([lazy(SMALL).take(np.array([6, 0, 2])), OTHER])
    expected = np.concatenate([SMALL[[6, 0, 2]], OTHER])
    np.testing.assert_array_equal(both, expected)
    np.testing.assert_array_equal(both.take(np.array([5, 1])), expected[[5, 1]])
    np.testing.assert_array_equal(np.stack(list(both)), expected)
    assert (both.shape, both.ndim, both.dtype, len(both)) == (expected.shape, 3, expected.dtype, 7)


def test_a_row_that_is_not_there_is_an_error():
    with pytest.raises(IndexError):
        lazy(SMALL)[7]


def items(pixels, prefix):
    ids = np.array([f"{prefix}{number}" for number in range(len(pixels))])
    return ItemSet(ids, np.zeros(len(ids), np.int64), ("river",), "photo", "camera", pixels)


def test_items_of_a_store_are_not_copied_before_they_are_looked_at(tmp_path):
    np.save(tmp_path / "pixels.npy", SMALL)
    stored = np.load(tmp_path / "pixels.npy", mmap_mode="r")
    some = joined(items(stored, "a").take(np.array([4, 1])), items(stored, "b"))
    assert isinstance(some.pixels, LazyRows)
    np.testing.assert_array_equal(some.pixels, SMALL[[4, 1, *range(7)]])


def test_items_in_memory_are_taken_as_before():
    assert isinstance(items(SMALL, "a").take(np.array([1])).pixels, np.ndarray)
