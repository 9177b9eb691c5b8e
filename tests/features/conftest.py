"""Small pictures, item sets and networks with random weights; nothing is downloaded."""

import numpy as np
import pytest
import torch

from zsr_lib.data.items import ItemSet
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import make_extractor


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Networks this small lose more than they gain by threads that wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def pictures():
    """(21, 64, 64, 3) uint8, more than one batch."""
    return np.random.default_rng(0).integers(0, 256, (21, 64, 64, 3), dtype=np.uint8)


@pytest.fixture
def items(pictures):
    return items_of(pictures)


def items_of(pixels, modality="photo", **more):
    ids = np.array([f"a/{modality}{row}" for row in range(len(pixels))])
    return ItemSet(ids, np.zeros(len(pixels), np.int64), ("a",), modality, "camera", pixels=pixels, **more)


@pytest.fixture(scope="session")
def extractor():
    """The small CNN with random weights."""
    return make_extractor(FeaturesConfig())
