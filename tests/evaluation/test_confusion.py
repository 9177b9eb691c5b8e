import itertools

import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation import confusion as module
from zsr_lib.evaluation.confusion import confusion
from zsr_lib.evaluation.protocols import Protocol
from zsr_lib.evaluation.score import evaluate
from zsr_lib.evaluation.sides import Side


def naive_row(query, label, gallery):
    """Mean make-up of the top R over all orders of items at equal distance; whole numbers only."""
    far = [abs(int(query) - int(code)) for code in gallery.codes[:, 0]]
    wanted = list(gallery.labels).count(label)
    shares = []
    for order in itertools.permutations(range(len(far))):
        if all(far[a] <= far[b] for a, b in itertools.pairwise(order)):
            top = [gallery.labels[row] for row in order[:wanted]]
            shares.append([top.count(name) / wanted for name in ("a", "b", "c")])
    return np.mean(shares, axis=0)


def test_ties_count_as_in_every_order():
    gallery = Side(np.array([[0], [1], [1], [1], [2], [2], [5]]), np.array(list("abbcaac")))
    queries = Side(np.array([[0], [1], [2]]), np.array(list("abc")))
    found = confusion(queries, gallery)
    assert (found.queries, found.gallery) == (("a", "b", "c"), ("a", "b", "c"))
    expected = [naive_row(code[0], label, gallery) for code, label in zip(queries.codes, queries.labels, strict=True)]
    np.testing.assert_allclose(found.shares, expected, atol=1e-12)


@pytest.fixture
def sides(rng):
    labels = np.array(["lake", "dam", "pier"])[rng.integers(0, 3, 90)]
    codes = rng.integers(0, 4, (90, 2)).astype(float)
    return Side(codes[:40], labels[:40], np.arange(40)), Side(codes[40:], labels[40:], np.arange(40, 90))


@pytest.mark.parametrize("distance", ["euclidean", "l1"])
def test_the_diagonal_is_r_precision(sides, distance):
    found = confusion(*sides, distance)
    told = evaluate(*sides, ["R-precision"], Protocol(distance=distance)).per_class("R-precision")
    np.testing.assert_allclose(np.diag(found.shares), [told[name] for name in found.queries])
    np.testing.assert_allclose(found.shares.sum(axis=1), 1)


def test_a_query_that_is_in_the_gallery_can_be_taken_out(sides):
    side = sides[0]
    found = confusion(side, side, without_query=True)
    protocol = Protocol("sketch→sketch", gallery="without-query")
    told = evaluate(side, side, ["R-precision"], protocol).per_class("R-precision")
    np.testing.assert_allclose(np.diag(found.shares), [told[name] for name in found.queries])


def test_packed_bits_are_compared_bit_by_bit(sides, rng):
    queries, gallery = (Side(rng.integers(0, 256, (len(side), 1), np.uint8), side.labels) for side in sides)
    bits = [Side(np.unpackbits(side.codes, axis=1).astype(float), side.labels) for side in (queries, gallery)]
    np.testing.assert_allclose(confusion(queries, gallery, "hamming").shares, confusion(*bits, "l1").shares)


def test_batches_change_nothing(sides, monkeypatch):
    many = [Side(np.tile(side.codes, (4, 1)), np.tile(side.labels, 4)) for side in sides]
    whole = confusion(*many).shares
    monkeypatch.setattr(module, "BATCH", module.QUERY_TILE)
    assert np.array_equal(confusion(*many).shares, whole)


def test_classes_without_queries_are_columns_at_the_end(sides):
    queries, gallery = sides
    found = confusion(queries.take(np.flatnonzero(queries.labels == "lake")), gallery)
    assert (found.queries, found.gallery) == (("lake",), ("lake", "dam", "pier"))
    assert found.shares.shape == (1, 3)


def test_what_has_no_top_r_is_refused(sides):
    queries, gallery = sides
    with pytest.raises(BadInputError, match="no relevant"):
        confusion(queries, gallery.take(np.flatnonzero(gallery.labels != "dam")))
    with pytest.raises(BadInputError, match="needs ids"):
        confusion(queries, Side(gallery.codes, gallery.labels), without_query=True)
    with pytest.raises(BadInputError, match="list"):
        confusion(Side(np.eye(2), np.eye(2)), Side(np.eye(2), np.eye(2)))
