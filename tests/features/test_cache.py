import errno
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from zsr_lib.errors import BusyError, ZsrError
from zsr_lib.features import cache as module
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


def test_processes_that_want_the_same_share_the_work(cache, digests, monkeypatch):
    monkeypatch.setattr(module, "SEGMENT", 4)
    made, both = [], threading.Barrier(2)

    def make(rows):
        if rows[0] < 8:  # each is at a segment of its own while the other one is
            both.wait(10)
        made.extend(rows.tolist())
        return FEATURES[rows]

    found = []
    with ThreadPoolExecutor(2) as pool:
        for result in [pool.submit(cache.completed, digests, make, found.append) for _ in range(2)]:
            assert np.array_equal(result.result(), FEATURES)
    assert sorted(made) == list(range(21))
    assert sum(found) == 21


def test_what_nobody_finishes_is_made_in_the_end(cache, digests, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    monkeypatch.setattr(module, "exclusive", _never)
    assert np.array_equal(cache.completed(digests, FEATURES.__getitem__, lambda _: None), FEATURES)


def _never(path, doing, patience):
    raise BusyError(f"another process is {doing}.", "wait.")


def test_a_full_disk_is_explained_and_leaves_nothing(cache, digests, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(ZsrError, match="full"):
        cache.add(digests, FEATURES)
    assert not list(cache.folder.iterdir())
