"""A served index of twelve pictures."""

import pytest

from tests.search.serving.servers import in_thread
from zsr_lib.search.building import build_index


@pytest.fixture
def index_folder(archive, system, tmp_path):
    build_index(archive, tmp_path / "index", system, progress=False)
    return tmp_path / "index"


@pytest.fixture
def client(index_folder):
    with in_thread(index_folder) as made:
        yield made
