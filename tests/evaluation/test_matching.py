import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.matching import SameKey, SharedLabel, by_labels


@pytest.mark.parametrize("kind", [int, str, "S2", object, np.uint8, float])
def test_equal_keys_match(kind):
    queries, gallery = np.array([3, 9, 1]).astype(str if kind is object else kind), np.array([1, 3, 1, 2])
    matching = SameKey(queries.astype(kind), gallery.astype(str if kind is object else kind).astype(kind))
    assert [matching.columns(query).tolist() for query in range(3)] == [[1], [], [0, 2]]
    assert matching.shape == (3, 4)


def test_any_shared_label_matches(rng):
    queries, gallery = rng.integers(0, 2, (6, 4)), rng.integers(0, 2, (30, 4))
    matching = by_labels(queries, gallery)
    assert isinstance(matching, SharedLabel)
    for query in range(6):
        assert matching.columns(query).tolist() == [
            item for item in range(30) if set(np.flatnonzero(queries[query])) & set(np.flatnonzero(gallery[item]))
        ]


def test_an_empty_text_matches_nothing():
    matching = SameKey(np.array(["", "a"]), np.array(["", "a", ""]))
    assert [matching.columns(query).tolist() for query in range(2)] == [[], [1]]


def test_large_identifiers_of_mixed_kinds_are_not_merged():
    """As floats, 2⁶⁰ + 1 equals 2⁶⁰."""
    queries, gallery = np.array([2**60, 7]), np.array([2**60 + 1, 2**60, 7], np.uint64)
    matching = SameKey(queries, gallery)
    assert [matching.columns(query).tolist() for query in range(2)] == [[1], [2]]


@pytest.mark.parametrize(("queries", "gallery", "message"), [
    (["a"], [1], "text on one side"),
    ([[1, 0]], [1], "shape"),
    ([[1, 0]], [[1, 0, 0]], "do not fit"),
    ([[2, 0]], [[1, 0]], "0 and 1"),
    ([0.5], [1.0], "whole number"),
    ([np.nan], [1.0], "whole number"),
    ([b"\xff"], [b"a"], "UTF-8"),
    (["2020-01-01", "NaT"], np.array(["2020-01-01"], "M8[D]"), "datetime64"),
    ([[3], [4]], [[3]], r"ravel\(\)"),
])  # fmt: skip
def test_labels_that_cannot_be_matched(queries, gallery, message):
    with pytest.raises(BadInputError, match=message):
        by_labels(np.array(queries), np.array(gallery))
