"""An index on disk, drawn for."""

import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.search.archive import Archive
from zsr_lib.search.building import build_index
from zsr_lib.search.index import Index
from zsr_lib.search.query import query_pixels


@pytest.fixture
def index(archive, system, tmp_path):
    build_index(archive, tmp_path / "index", system, progress=False)
    return Index(tmp_path / "index")


def test_it_finds_what_the_index_finds(index, sketch, archive):
    found = Archive(index).search(query_pixels(sketch, 256), "standardised", 3)
    hits = index.search(sketch, 3)
    assert [archive / photo.name for photo in found.photos] == [hit.path for hit in hits]
    assert [photo.score for photo in found.photos] == [hit.score for hit in hits]
    assert found.searched == 12
    assert found.looked_at(0).shape == (256, 256)


def test_a_picture_that_is_gone_is_grey_and_says_so(index, sketch):
    index.search(sketch, 1)[0].path.unlink()
    photo = Archive(index).search(query_pixels(sketch, 256), "standardised", 1).photos[0]
    assert photo.name.endswith("(cannot be read)")
    assert np.ptp(photo.pixels) == 0


def test_its_distance_is_the_indexs_own(index, sketch):
    archive = Archive(index)
    assert archive.systems == ("standardised",)
    assert archive.distances("standardised") == ("cosine",)
    with pytest.raises(BadInputError, match="euclidean"):
        archive.search(query_pixels(sketch, 256), "standardised", distance="euclidean")
