"""More like this, not like this: Rocchio's formula by hand, and in an index."""

import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.search.building import Options, build_index
from zsr_lib.search.codes import CodeTable
from zsr_lib.search.feedback import LESS, MORE, QUERY, rocchio
from zsr_lib.search.index import Index

A, B, C = np.eye(3, dtype=np.float32)
NONE = np.zeros((0, 3), np.float32)


def test_the_formula_by_hand():
    moved = rocchio(A * 7, np.stack([B, 3 * B]), C[None] / 2, "cosine")
    assert moved == pytest.approx(np.array([QUERY, MORE, -LESS]) / (QUERY + MORE - LESS))
    assert rocchio(A, NONE, NONE, "cosine") == pytest.approx(A)
    assert rocchio(None, np.stack([A, B]), NONE, "cosine") == pytest.approx((A + B) / 2)


def test_euclidean_queries_move_along_with_the_space():
    dice = np.random.default_rng(0)
    query, more, less, shift = dice.normal(size=4), dice.normal(size=(3, 4)), dice.normal(size=(2, 4)), 5.0
    here = rocchio(query, more, less, "euclidean")
    there = rocchio(query + shift, more + shift, less + shift, "euclidean")
    assert there == pytest.approx(here + shift, abs=1e-5)


def test_bits_are_outvoted_and_ties_stay():
    bits = np.packbits([[1, 1, 0, 0, 1, 0, 1, 0]], axis=1)
    none = bits[:0]
    assert np.array_equal(rocchio(bits[0], none, ~bits, "hamming"), bits[0])
    assert np.array_equal(rocchio(bits[0], ~bits, none, "hamming"), bits[0]), "0.75 do not outvote 1"
    assert np.array_equal(rocchio(None, np.concatenate([bits, bits, ~bits]), none, "hamming"), bits[0])
    assert np.array_equal(rocchio(None, np.concatenate([bits, ~bits]), none, "hamming"), bits[0])
    assert rocchio(None, bits, ~bits, "hamming").dtype == np.uint8


def test_a_step_towards_a_code_brings_it_nearer():
    dice = np.random.default_rng(1)
    for distance in ("cosine", "euclidean"):
        query, wanted = dice.normal(size=(2, 16)).astype("f4")
        unit = distance == "cosine"
        before, after = query, rocchio(query, wanted[None], np.zeros((0, 16), "f4"), distance)

        def far(code, wanted=wanted, unit=unit):
            if not unit:
                return np.linalg.norm(code - wanted)
            return 1 - code @ wanted / np.linalg.norm(code) / np.linalg.norm(wanted)

        assert far(after) < far(before)


@pytest.fixture(params=["int8", "float"])
def index(request, archive, system, tmp_path):
    build_index(archive, tmp_path / "index", system, Options(request.param), progress=False)
    return Index(tmp_path / "index")


def test_a_photo_finds_itself_and_its_row_does_too(index, archive):
    path = archive / "tiles" / "harbor" / "2.png"
    by_file = index.search(path, 3, photo=True)
    assert by_file[0].path == path
    assert by_file[0].distance < 0.01
    by_row = index.search(None, 3, more=[by_file[0].row])
    assert [hit.row for hit in by_row] == [hit.row for hit in by_file]
    assert index.search(str(path), 1, photo=True) == by_file[:1]


def test_wanted_photos_come_up_and_unwanted_ones_are_left_out(index, sketch):
    before = index.search(sketch, 12)
    last, first = before[-1], before[0]
    after = index.search(sketch, 12, more=[last.row], less=[first.row])
    assert first.row not in [hit.row for hit in after]
    assert len(after) == 11
    assert [hit.row for hit in after].index(last.row) < 10
    assert index.search(sketch, 12, less=[before[3].path]) != before


def test_the_code_of_a_row_is_the_one_that_is_searched(index):
    row = index.search(None, 1, more=[0])[0].row
    assert isinstance(index._table, CodeTable)
    assert index.nearest(index.code_of(row), 1)[0].distance == pytest.approx(0, abs=1e-5)


def test_what_cannot_be_asked_with_is_said(index, tmp_path):
    for asked in ({}, {"less": [0]}, {"more": [99]}):
        with pytest.raises(BadInputError):
            index.search(None, 3, **asked)
