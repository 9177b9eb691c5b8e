import json
from dataclasses import replace

import numpy as np
import pytest

from zsr_lib.errors import DataNotFoundError, ZsrError
from zsr_lib.experiments import materials
from zsr_lib.experiments.run_cell import run_cell
from zsr_lib.experiments.tables_cli import keep_record
from zsr_lib.experiments.verifying import UNTRAINED, cell_again, compared, verify
from zsr_lib.files import sha256_of
from zsr_lib.reporting.per_query import PER_QUERY, write_per_query
from zsr_lib.reporting.run_record import read_record, write_record


@pytest.fixture
def stored(cells, shelf, where):
    return run_cell(cells(groups={"five": ["eoc-sample-5"]}, seeds=[3])[2], shelf, where)[0]


def moved(record, by, **changes):
    """The record with another AP, as somebody with a seal of his own might store it."""
    plain = json.loads(json.dumps(record.results))
    plain["sketch→photo"]["metrics"]["AP@all/std"] += by
    return replace(record, results=plain, files={}, **changes)  # as one that was kept before queries' values were


def test_the_cell_of_a_record_is_the_one_that_made_it(stored, cells):
    cell = cell_again(stored)
    assert cell.variant == stored.variant
    assert cell.folder_name(stored.provenance.data) == stored.folder.name
    assert (cell.split, cell.seed) == ("eoc-sample-5", 3)


def test_an_honest_run_agrees_to_the_last_digit_and_leaves_nothing_behind(stored, shelf, where):
    before = sorted(where.runs.rglob("*"))
    done = verify(stored, shelf, where)
    assert (done.state, done.apart) == ("agrees", 0.0)
    assert sorted(where.runs.rglob("*")) == before


@pytest.mark.parametrize("by", [0.01, -0.01])
def test_a_stored_number_that_no_run_gives_differs(stored, shelf, where, by):
    done = verify(moved(stored, by), shelf, where)
    assert done.state == "differs"
    assert done.apart == pytest.approx(0.01)
    assert done.where == "AP@all/std (sketch→photo)"


def test_what_stands_beside_the_numbers_is_compared_too(stored, shelf, where):
    plain = json.loads(json.dumps(stored.results))
    plain["sketch→photo"]["chance"]["AP@all/std"] -= 0.01
    assert verify(replace(stored, results=plain, files={}), shelf, where).where.startswith("chance of AP@all/std")
    small = replace(stored, method=stored.method | {"parameters": 1}, files={})
    assert verify(small, shelf, where).where.endswith("parameters, stored 1")


def test_values_of_queries_that_no_run_gives_differ_although_their_mean_agrees(stored, shelf, where):
    values = {direction: stored.per_query(direction) for direction in stored.results}
    values["sketch→photo"]["AP@all/std"] = values["sketch→photo"]["AP@all/std"][::-1]
    write_per_query(stored.folder, values)
    forged = replace(stored, files=stored.files | {PER_QUERY: sha256_of(stored.folder / PER_QUERY)})
    object.__setattr__(forged, "folder", stored.folder)
    done = verify(forged, shelf, where)
    assert (done.state, done.where) == ("differs", "the queries' values of AP@all/std (sketch→photo) are others")
    values["sketch→photo"]["ids"] = np.char.add("x", values["sketch→photo"]["ids"].astype(str))
    write_per_query(stored.folder, values)
    forged.files[PER_QUERY] = sha256_of(stored.folder / PER_QUERY)
    assert verify(forged, shelf, where).where == "the queries of sketch→photo are others"


def test_what_was_trained_may_differ_by_more_than_what_was_not(stored):
    untrained = replace(stored, audit=stored.audit | {"parts": []})
    assert compared(stored, moved(stored, 10 * UNTRAINED)).state == "agrees"
    assert compared(untrained, moved(untrained, 10 * UNTRAINED)).state == "differs"
    assert compared(untrained, moved(untrained, 0.1 * UNTRAINED)).state == "agrees"


def test_a_metric_that_is_gone_and_another_label_differ(stored):
    plain = json.loads(json.dumps(stored.results))
    del plain["photo→photo"]["metrics"]["P@5/k"]
    assert compared(stored, replace(stored, results=plain)).where.startswith("P@5/k (photo→photo) is None")
    legacy = replace(stored, audit=stored.audit | {"label": "legacy"})
    assert compared(stored, legacy).where == "it is legacy, stored clean"


def test_other_data_differ_and_missing_data_are_left_out(stored, shelf, where, monkeypatch):
    other = replace(stored, provenance=replace(stored.provenance, data={"eoc": "another"}))
    assert verify(other, shelf, where).where == "the data have another checksum"

    def nothing(*arguments, **options):
        raise DataNotFoundError("there is no eoc here.", "get it.")

    monkeypatch.setattr(materials, "load_dataset", nothing)
    shelf._config = None
    done = verify(stored, shelf, where)
    assert (done.state, done.where) == ("left out", "there is no eoc here.")


def test_options_that_came_later_are_no_difference_but_others_are(stored, shelf, where):
    setting = json.loads(json.dumps(stored.setting))
    del setting["data"]["seen_from"]
    assert cell_again(replace(stored, setting=setting)).setting == stored.setting
    setting["config"]["stepz"] = 1
    with pytest.raises(ZsrError, match="stepz"):
        cell_again(replace(stored, setting=setting))
    assert verify(replace(stored, setting=setting), shelf, where).where.startswith("not made: ")


def test_queries_values_that_a_stored_run_lacks_are_kept_where_it_comes_out_the_same(stored, shelf, where, tmp_path):
    old = read_record(keep_record(stored, tmp_path / "reported"))
    (old.folder / PER_QUERY).unlink()
    write_record(replace(old, files={}), old.folder)
    old = read_record(old.folder)
    assert verify(old, shelf, where).record == old
    done = verify(old, shelf, where, values=True)
    assert done.record == read_record(old.folder) == replace(old, files=done.record.files)
    assert done.record.seal != old.seal
    for direction in stored.results:
        kept, made = done.record.per_query(direction), stored.per_query(direction)
        assert kept["ids"].tolist() == made["ids"].tolist()
        np.testing.assert_allclose(kept["AP@all/std"], made["AP@all/std"], atol=1e-6)


def test_they_are_not_where_it_comes_out_a_little_otherwise(stored, shelf, where):
    little = moved(stored, 1e-5)
    object.__setattr__(little, "folder", stored.folder)
    done = verify(little, shelf, where, values=True)
    assert (done.state, done.record) == ("agrees", little)
