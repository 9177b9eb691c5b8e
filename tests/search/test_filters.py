"""Filters against what a person would say of each window."""

import re
import shutil
from datetime import UTC, datetime

import numpy as np
import pytest

from zsr_lib.errors import BadFileError, BadInputError, BusyError
from zsr_lib.search.building import build_index
from zsr_lib.search.filters import Columns, Filter, read_filter
from zsr_lib.search.index import Index

BOXES = {
    "cape": (18.0, -35.0, 19.0, -33.0),
    "fiji": (179.0, -19.0, -179.0, -16.0),  # across the antimeridian
    "world": (-180.0, -90.0, 180.0, 90.0),
    "unknown": (np.nan,) * 4,
}


def found(**given):
    columns = Columns(
        [f"{name}/{name}.tif" for name in BOXES],
        np.array([2, 4, 6, 8]) * 10**18,
        np.arange(len(BOXES)),
        np.array(list(BOXES.values())),
    )
    return [name for name, fits in zip(BOXES, Filter(**given).fits(columns), strict=True) if fits]


@pytest.mark.parametrize(
    ("bbox", "names"),
    [
        ((18.5, -34.0, 18.6, -33.9), ["cape", "world"]),
        ((19.0, -33.0, 20.0, -30.0), ["cape", "world"]),
        ((19.1, -33.0, 20.0, -30.0), ["world"]),
        ((179.5, -18.0, 179.6, -17.0), ["fiji", "world"]),
        ((-179.6, -18.0, -179.5, -17.0), ["fiji", "world"]),
        ((170.0, -18.0, -170.0, -17.0), ["fiji", "world"]),
        ((20.0, -34.0, 18.5, -17.0), ["cape", "fiji", "world"]),  # nearly all around
        ((20.0, -34.0, 17.5, -17.0), ["fiji", "world"]),
        ((-180.0, -18.0, 180.0, -17.0), ["fiji", "world"]),
    ],
)
def test_boxes_that_meet_on_a_globe(bbox, names):
    assert found(bbox=bbox) == names


def test_paths_are_patterns_or_folders():
    assert found(path="cape") == found(path="cape/") == found(path="cape/*") == found(path="c?pe/*.tif") == ["cape"]
    assert found(path="*/[cf]*") == ["cape", "fiji"]
    assert found(path="ape") == found(path="") == []


def test_times_and_all_together():
    since = datetime.fromtimestamp(4 * 10**9, UTC)
    assert found(since=since) == ["fiji", "world", "unknown"]
    assert found(since=since, path="*ij*", bbox=(-180, -90, 180, 90)) == ["fiji"]
    assert found() == list(BOXES)


def test_what_is_typed_is_read():
    assert read_filter() == Filter()
    assert not read_filter("", "", "")
    typed = read_filter("1,2,3,4", "a/*", "2026-05-31")
    assert (typed.bbox, typed.path) == ((1, 2, 3, 4), "a/*")
    assert (typed.since.year, typed.since.hour, typed.since.tzinfo is None) == (2026, 0, False)
    assert read_filter(since="2026-05-31T02:00:00+02:00").since == datetime(2026, 5, 31, tzinfo=UTC)
    for bad in (("1,2,3",), ("a,b,c,d",), ("1,9,3,4",), ("0,0,999,1",), ("nan,0,1,1",), (None, None, "yesterday")):
        with pytest.raises(BadInputError):
            read_filter(*bad)


@pytest.fixture
def folder(archive, system, tmp_path):
    build_index(archive, tmp_path / "index", system, progress=False)
    return tmp_path / "index"


def test_only_what_fits_is_searched_and_ranked_as_before(folder, sketch):
    index, where = Index(folder), Filter(path="tiles/harbor")
    everything = index.search(sketch, 12)
    hits = index.search(sketch, 12, where)
    assert hits == [hit for hit in everything if hit.name.startswith("tiles/harbor/")]
    assert (len(hits), index.fitting(where), index.fitting(None), index.fitting(Filter())) == (4, 4, 12, 12)
    assert index.search(sketch, 12, Filter(bbox=(-180, -90, 180, 90))) == [], "none of them says where it lies"


def test_what_is_damaged_is_said_and_no_filter_passes_it_over(folder, sketch):
    path = folder / "index.db"
    data = path.read_bytes()
    places = [each.start() for each in re.finditer(b"tiles/harbor/2.png", data)]
    assert len(places) == 2, "in the table, and in SQLite's index of paths"
    for at in places:
        path.write_bytes(data[:at] + b"tiles/hasbor/2.png" + data[at + 18 :])
        with pytest.raises(BadFileError, match="is damaged"):
            Index(folder).search(sketch, 12, Filter(path="tiles/harbor"))


def test_a_filter_of_an_index_that_has_changed_says_so(archive, system, folder, sketch):
    index = Index(folder)
    shutil.copy(sketch, archive / "new.png")
    build_index(archive, folder, system, progress=False)
    with pytest.raises(BusyError, match="open the index again"):
        index.search(sketch, 1, Filter(path="tiles"))
