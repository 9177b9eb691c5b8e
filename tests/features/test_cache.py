import errno
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from zsr_lib.errors import ZsrError
from zsr_lib.features.cache import FeatureCache, digests_of

FEATURES = np.random.default_rng(0).normal(size=(21, 5)).astype(np.float32)


@pytest.fixture
def cache(tmp_path):
    return FeatureCache(tmp_path / "own", 5)


@pytest.fixture(scope="module")
def digests(pictures):
    return digests_of(pictures)


def test_one_changed_pixel_changes_the_digest(pictures):
    changed = pictures.copy()
    changed[4, 63, 63, 2] ^= 1
    assert np.flatnonzero(digests_of(changed) != digests_of(pictures)).tolist() == [4]


def test_the_same_bytes_in_another_shape_are_another_picture():
    flat = np.zeros((1, 8, 2, 3), np.uint8)
    assert digests_of(flat)[0] != digests_of(flat.reshape(1, 4, 4, 3))[0]
    assert digests_of(flat)[0] != digests_of(flat.transpose(0, 2, 1, 3))[0]


def test_any_subset_in_any_order_is_found(cache, digests):
    cache.add(digests[:8], FEATURES[:8])
    cache.add(digests[8:15], FEATURES[8:15])
    rows = np.array([14, 0, 20, 7, 8, 0])
    found, known = cache.load(digests[rows])
    assert known.tolist() == [True, True, False, True, True, True]
    assert np.array_equal(found[known], FEATURES[rows][known])


def test_an_empty_cache_knows_nothing(cache, digests):
    assert not cache.load(digests)[1].any()


@pytest.mark.parametrize("keep", [0, 10, -20, -300])
def test_a_cut_segment_is_passed_over(cache, digests, keep):
    cache.add(digests[:8], FEATURES[:8])
    (path,) = cache.folder.iterdir()
    cache.add(digests[8:], FEATURES[8:])
    path.write_bytes(path.read_bytes()[:keep])
    assert cache.load(digests)[1].tolist() == [False] * 8 + [True] * 13


def test_a_flipped_bit_is_noticed_and_mended_by_the_next_writer(cache, digests):
    cache.add(digests, FEATURES)
    (path,) = cache.folder.iterdir()
    content = bytearray(path.read_bytes())
    content[content.index(FEATURES.tobytes()) + 50] ^= 4
    path.write_bytes(content)
    assert not cache.load(digests)[1].any()
    cache.add(digests, FEATURES)
    assert np.array_equal(cache.load(digests)[0], FEATURES)


@pytest.mark.parametrize("content", [{"other": FEATURES}, {"digests": np.array([{}], object), "features": FEATURES}])
def test_a_segment_with_something_else_inside_is_passed_over(cache, digests, content):
    cache.folder.mkdir()
    np.savez(cache.folder / "odd.npz", **content)
    assert not cache.load(digests)[1].any()


def test_many_may_write_at_once(cache, digests):
    with ThreadPoolExecutor(8) as pool:
        for _ in range(4):
            pool.map(lambda row: cache.add(digests[row : row + 1], FEATURES[row : row + 1]), range(21))
    found, known = cache.load(digests)
    assert known.all()
    assert np.array_equal(found, FEATURES)
    assert len(list(cache.folder.iterdir())) == 21


def test_a_full_disk_is_explained_and_leaves_nothing(cache, digests, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(ZsrError, match="full"):
        cache.add(digests, FEATURES)
    assert not list(cache.folder.iterdir())
