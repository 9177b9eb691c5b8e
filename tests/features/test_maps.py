import copy
import errno
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.features.conftest import items_of
from zsr_lib.errors import BadInputError, ZsrError
from zsr_lib.features import maps
from zsr_lib.features.backbones import make_backbone, trunk_and_head
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.maps import trunk_maps
from zsr_lib.features.views import Changed, Turns
from zsr_lib.training.augment import PhotoAugmentation

BLOCK, VIEWS = 2, Turns((0, 3, 4))


@pytest.fixture(scope="module")
def backbone():
    return make_backbone(FeaturesConfig(size=32))


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(maps, "BATCH", 8)


@pytest.fixture
def nothing_is_computed(items, backbone, monkeypatch):
    """From here on, maps can only come from the disk."""
    first = trunk_maps(backbone, BLOCK, items, VIEWS)

    def refuse(*_):
        raise AssertionError("computed again")

    monkeypatch.setattr(maps._Job, "_maps", refuse)
    return first


def test_maps_are_what_the_trunk_makes_of_each_view(items, backbone):
    found = trunk_maps(backbone, BLOCK, items, VIEWS).values
    turned = (items.pixels, np.rot90(items.pixels, 3, (1, 2)), items.pixels[:, :, ::-1])
    trunk, _ = trunk_and_head(backbone, BLOCK)
    with torch.inference_mode():
        expected = [trunk(backbone.preprocess(np.ascontiguousarray(view))).numpy() for view in turned]
    assert found.dtype == np.float16
    assert found.shape == (21, 3, 32, 8, 8)
    np.testing.assert_allclose(found, np.stack(expected, axis=1), rtol=2e-3, atol=2e-3)


def test_maps_of_the_first_images_do_not_depend_on_how_many_follow(items, backbone):
    few = trunk_maps(backbone, BLOCK, items.take(np.arange(3)), VIEWS)
    assert few.values.tobytes() == trunk_maps(backbone, BLOCK, items, VIEWS).values[:3].tobytes()


def test_in_float64_they_are_rounded_once_and_have_a_key_of_their_own(items):
    wide, narrow = (make_backbone(FeaturesConfig(size=32, precision=f"float{bits}")) for bits in (64, 32))
    trunk = copy.deepcopy(trunk_and_head(wide, BLOCK)[0]).double()
    with torch.inference_mode():
        expected = trunk(wide.preprocess(items.pixels, dtype=torch.float64)).half().numpy()
    found = trunk_maps(wide, BLOCK, items, Turns((0,)))
    assert (found.values[:, 0] != expected).mean() < 1e-5
    assert found.key != trunk_maps(narrow, BLOCK, items, Turns((0,))).key


def test_the_second_call_reads_the_cache(items, backbone, nothing_is_computed):
    again = trunk_maps(backbone, BLOCK, replace(items, ids=items.ids[::-1].copy()), VIEWS)
    assert again.key == nothing_is_computed.key
    assert np.array_equal(again.values, nothing_is_computed.values)


@pytest.mark.parametrize("damage", [lambda old: old[:-100], lambda old: old[:-1] + bytes([old[-1] ^ 1]), lambda _: b""])
def test_damaged_maps_are_made_again(items, backbone, own_cache, damage):
    before = np.array(trunk_maps(backbone, BLOCK, items, VIEWS).values)
    (path,) = (own_cache / "store").glob("maps-small_cnn-2-photo-*/maps.npy")
    path.write_bytes(damage(path.read_bytes()))
    assert np.array_equal(trunk_maps(backbone, BLOCK, items, VIEWS).values, before)


def test_whatever_moves_the_maps_moves_their_key(items, backbone):
    other_pixels = items.pixels.copy()
    other_pixels[4, 3, 2, 1] ^= 1
    changed = Changed(3, PhotoAugmentation())
    asked = [
        (backbone, BLOCK, items, VIEWS),
        (backbone, 1, items, VIEWS),
        (backbone, BLOCK, items.take(np.arange(20)), VIEWS),
        (backbone, BLOCK, items_of(other_pixels), VIEWS),
        (backbone, BLOCK, items, Turns((0, 3, 5))),
        (backbone, BLOCK, items, changed),
        (backbone, BLOCK, items, replace(changed, seed=1)),
        (backbone, BLOCK, items, Changed(3, PhotoAugmentation(angle=5))),
        (make_backbone(FeaturesConfig(size=32, seed=1)), BLOCK, items, VIEWS),
        (make_backbone(FeaturesConfig(size=40)), BLOCK, items, VIEWS),
    ]
    assert len({trunk_maps(*each).key for each in asked}) == len(asked)


def test_items_without_pixels_and_blocks_that_do_not_exist_are_refused(items, backbone):
    with pytest.raises(BadInputError, match="photo items have no pixels"):
        trunk_maps(backbone, BLOCK, replace(items, pixels=None), VIEWS)
    with pytest.raises(BadInputError, match=r"block 14.*\n.*1 … 3"):
        trunk_maps(backbone, 14, items, VIEWS)


def test_a_full_disk_is_explained_and_leaves_nothing(items, backbone, own_cache, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array_header_1_0", full)
    with pytest.raises(ZsrError, match="full"):
        trunk_maps(backbone, BLOCK, items, VIEWS)
    assert not list((own_cache / "store").glob("*/*.npy"))
