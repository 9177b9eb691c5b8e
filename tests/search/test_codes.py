"""Codes on disk against SciPy's distances."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from zsr_lib.errors import BadInputError
from zsr_lib.search.codes import CHUNK, CodeFormat, CodeTable


def table(kind, distance, codes, alive=None):
    form = CodeFormat(kind, codes.shape[1], distance)
    return CodeTable(form, form.packed(codes), alive)


def sorted_rows(distances, count):
    return np.argsort(distances, axis=1, kind="stable")[:, :count]


@pytest.mark.parametrize("distance", ["cosine", "euclidean"])
def test_float_codes_are_found_as_scipy_finds_them(distance):
    dice = np.random.default_rng(0)
    codes, queries = dice.normal(size=(CHUNK + 50, 8)).astype("f4"), dice.normal(size=(3, 8)).astype("f4")
    found = table("float", distance, codes).nearest(queries, 30)
    expected = cdist(queries.astype("f8"), codes.astype("f8"), distance)
    assert np.array_equal(found.rows, sorted_rows(expected, 30))
    assert np.allclose(found.distances, np.take_along_axis(expected, found.rows, 1), atol=1e-5)


@pytest.mark.parametrize("distance", ["cosine", "euclidean"])
def test_int8_codes_are_exact_for_the_numbers_they_hold(distance):
    dice = np.random.default_rng(1)
    codes, queries = dice.normal(size=(500, 16)).astype("f4"), dice.normal(size=(4, 16)).astype("f4")
    form = CodeFormat("int8", 16, distance)
    records = form.packed(codes)
    held = form.unpacked(records)
    assert np.abs(held - codes).max() <= np.abs(codes).max() / 127 / 2 + 1e-6
    found = CodeTable(form, records).nearest(queries, 20)
    expected = cdist(queries.astype("f8"), held.astype("f8"), distance)
    assert np.array_equal(found.rows, sorted_rows(expected, 20))


@pytest.mark.parametrize("length", [1, 8, 13, 16, 40])
def test_bits_are_counted(length):
    dice = np.random.default_rng(2)
    codes, queries = (dice.integers(0, 256, (count, length), np.uint8) for count in (400, 3))
    found = table("bits", "hamming", codes).nearest(queries, 25)
    bits = [np.unpackbits(each, axis=1) for each in (queries, codes)]
    expected = (bits[0][:, None] != bits[1][None]).sum(2)
    assert np.array_equal(found.rows, sorted_rows(expected, 25)), "ties: the earlier row comes first"
    assert np.array_equal(found.distances, np.take_along_axis(expected, found.rows, 1))


def test_dead_rows_are_never_found():
    codes = np.eye(5, dtype="f4")
    alive = np.array([True, False, True, False, True])
    found = table("float", "cosine", codes, alive).nearest(codes[1:2], 10)
    assert sorted(found.rows[0]) == [0, 2, 4]


@pytest.mark.parametrize(("kind", "distance"), [("float", "cosine"), ("int8", "euclidean"), ("bits", "hamming")])
def test_only_some_rows_are_searched(kind, distance):
    dice = np.random.default_rng(3)
    codes = dice.integers(0, 256, (60, 8), np.uint8) if kind == "bits" else dice.normal(size=(60, 8)).astype("f4")
    alive, among = dice.random((2, 60)) < 0.5
    made = table(kind, distance, codes, alive)
    kept = np.flatnonzero(alive & among)
    found = made.nearest(codes[:2], 99, among).rows
    every = made.nearest(codes[:2], 99).rows
    assert [row.tolist() for row in found] == [[each for each in row if each in kept] for row in every]
    assert made.nearest(codes[:1], 5, np.zeros(60, bool)).rows.shape == (1, 0)


def test_an_empty_table_and_a_row_of_zeros():
    assert table("int8", "cosine", np.zeros((0, 4), "f4")).nearest(np.ones((1, 4), "f4"), 3).rows.shape == (1, 0)
    found = table("int8", "cosine", np.array([[0, 0], [1, 0]], "f4")).nearest(np.array([[1, 0]], "f4"), 2)
    assert found.rows.tolist() == [[1, 0]]
    assert found.distances[0].tolist() == pytest.approx([0, 1])


@pytest.mark.parametrize(("kind", "distance"), [("int8", "hamming"), ("bits", "cosine"), ("float", "l1")])
def test_what_does_not_go_together_is_refused(kind, distance):
    with pytest.raises(BadInputError):
        CodeFormat(kind, 8, distance)


def test_codes_of_another_system_are_refused():
    form = CodeFormat("int8", 8, "cosine")
    with pytest.raises(BadInputError, match="finite"):
        form.packed(np.zeros((2, 4), "f4"))
    with pytest.raises(BadInputError, match="finite"):
        form.packed(np.full((2, 8), np.nan, "f4"))
    with pytest.raises(BadInputError, match="own model"):
        CodeTable(form, form.packed(np.ones((2, 8), "f4"))).nearest(np.ones((1, 4), "f4"), 1)
