from dataclasses import replace

import numpy as np
import pytest
import torch

from zsr_lib.data.registry import Dataset
from zsr_lib.errors import BadInputError
from zsr_lib.features import cache as room
from zsr_lib.features.backbones import make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import attach_dataset, extractor_of, make_extractor
from zsr_lib.features.hog import hog_features

ROUNDING = {"rtol": 1e-5, "atol": 1e-6}
"""A picture may stand at another place in its batch, and a processor may round there in another way."""


def counting(extractor):
    """The extractor, and a list that grows by the number of pictures whenever some are described."""
    counts = []

    def describe(pixels):
        counts.append(len(pixels))
        return extractor.describe(pixels)

    return replace(extractor, describe=describe), counts


def test_features_are_what_the_network_gives(extractor, items):
    found = extractor(items)
    assert found.dtype == np.float32
    assert found.shape == (21, extractor.dimension)
    assert np.array_equal(found, extractor.describe(items.pixels))


def test_nothing_is_computed_twice(extractor, items):
    counted, counts = counting(extractor)
    first = counted(items.take(np.arange(10)))
    assert sum(counts) == 10
    everything = counted(items)
    assert sum(counts) == 21
    assert np.array_equal(counted(items.take(np.arange(20, -1, -1))), everything[::-1])
    assert np.array_equal(everything[:10], first)
    assert sum(counts) == 21


def test_a_picture_that_occurs_twice_is_described_once(extractor, items):
    counted, counts = counting(extractor)
    twice = replace(items, pixels=items.pixels[np.arange(21) // 3])
    found = counted(twice)
    assert sum(counts) == 7
    assert np.array_equal(found[::3], found[1::3])
    assert np.array_equal(found[::3], found[2::3])
    np.testing.assert_allclose(found, extractor.describe(twice.pixels), **ROUNDING)


def test_an_interrupted_extraction_goes_on_where_it_was(extractor, items, monkeypatch):
    monkeypatch.setattr(room, "SEGMENT", 8)
    counted, counts = counting(replace(extractor, batch=4))

    def stopping(pixels):
        if sum(counts) >= 12:
            raise KeyboardInterrupt
        return counted.describe(pixels)

    with pytest.raises(KeyboardInterrupt):
        replace(counted, describe=stopping)(items)
    counts.clear()
    np.testing.assert_allclose(counted(items), extractor.describe(items.pixels), **ROUNDING)
    assert sum(counts) == 21 - 8


def test_attached_features_are_used_as_they_are(extractor, items):
    attached = extractor.attach(items)
    assert attached.feature_key == extractor.key
    assert extractor(replace(attached, pixels=None)) is attached.features


def test_features_of_another_extractor_are_computed_anew(extractor, items):
    foreign = replace(items, features=np.zeros((21, 3), np.float32), feature_key="another")
    assert np.array_equal(extractor(foreign), extractor(items))


@pytest.mark.parametrize("features", [None, np.zeros((21, 128), np.float32)])
def test_items_without_pixels_and_own_features_are_refused(extractor, items, features):
    with pytest.raises(BadInputError, match="no pixels and no features of 'small_cnn'"):
        extractor(replace(items, pixels=None, features=features, feature_key="another"))


@pytest.mark.parametrize("pixels", [np.zeros((21, 8, 8, 4), np.uint8), np.zeros((21, 8, 8, 3), np.float32)])
def test_pixels_of_another_form_are_refused(extractor, items, pixels):
    with pytest.raises(BadInputError, match="uint8"):
        extractor(replace(items, pixels=pixels))


def test_bands_that_do_not_fit_are_named(extractor, items):
    spectral = replace(items, pixels=np.zeros((21, 8, 8, 2), np.uint16), bands=("red", "nir"))
    with pytest.raises(BadInputError, match="bands red, nir; 'small_cnn' takes red, green and blue"):
        extractor(spectral)


def test_no_items_have_no_rows(extractor, items):
    assert extractor(items.take(np.arange(0))).shape == (0, 128)


def test_features_that_are_not_finite_name_the_items(items):
    backbone = make_backbone(FeaturesConfig())
    with torch.no_grad():
        backbone.module[0][0].weight[0] = float("nan")
    with pytest.raises(BadInputError, match=r"NaN .* a/photo0, a/photo1"):
        extractor_of(backbone)(items)


def test_not_finite_features_are_not_kept(extractor, items):
    broken = replace(extractor, describe=lambda pixels: np.full((len(pixels), 128), np.inf, np.float32))
    with pytest.raises(BadInputError):
        broken(items)
    assert np.isfinite(extractor(items)).all()


def test_the_key_knows_what_moves_a_feature():
    options = ({}, {"seed": 1}, {"size": 96}, {"rotations": 4}, {"backbone": "hog"}, {"backbone": "pixels"})
    options += ({"precision": "float32"}, {"backbone": "edge_cnn"}, {"backbone": "edge_cnn", "precision": "float64"})
    keys = [make_extractor(FeaturesConfig(**each)).key for each in options]
    assert len(set(keys)) == len(options)
    assert make_extractor(FeaturesConfig()).key == make_extractor(FeaturesConfig(precision="float64")).key == keys[0]
    assert {len(key) for key in keys} == {64}


def test_what_is_no_network_has_no_precision():
    with pytest.raises(BadInputError, match="'hog' is no network"):
        make_extractor(FeaturesConfig("hog", precision="float64"))


def test_training_free_features_are_resized_to_their_side(items):
    hog = make_extractor(FeaturesConfig("hog"))
    assert np.array_equal(hog(items), hog_features(items.pixels))
    assert make_extractor(FeaturesConfig("pixels"))(items).shape == (21, 32 * 32)
    assert (hog.classes, hog.dimension) == ((), 1764)


def test_training_free_features_take_no_weights():
    with pytest.raises(BadInputError, match="hog"):
        make_extractor(FeaturesConfig("hog", "imagenet"))


def test_training_free_features_are_averaged_over_quarter_turns(items):
    plain, extractor = (make_extractor(FeaturesConfig("hog", rotations=count)) for count in (1, 4))
    few = items.take(np.arange(3))
    turns = [replace(few, pixels=np.rot90(few.pixels, turn, axes=(1, 2)).copy()) for turn in range(4)]
    expected = np.mean([plain(each) for each in turns], axis=0)
    for each in turns:
        np.testing.assert_allclose(extractor(each), expected, atol=1e-6)
    assert np.abs(plain(few) - expected).max() > 1e-3


def test_a_damaged_cache_is_computed_anew(extractor, items, own_cache):
    before = extractor(items)
    for path in own_cache.rglob("*.npz"):
        path.write_bytes(b"PK damaged")
    assert np.array_equal(extractor(items), before)


@pytest.mark.parametrize("with_sketches", [True, False])
def test_a_data_set_gets_features_on_both_sides(extractor, items, with_sketches):
    both = {"photo": items} | ({"sketch": replace(items, modality="sketch")} if with_sketches else {})
    attached = attach_dataset(Dataset("own", ("a",), both, "0"), extractor)
    assert {found.feature_key for found in attached.items.values()} == {extractor.key}
    assert (attached.sketches is not None) == with_sketches


def test_progress_says_what_is_computed_and_how_fast(extractor, items, capsys):
    extractor(items, progress=True)
    shown = capsys.readouterr().err
    assert "features (small_cnn)" in shown
    assert "21/21" in shown
    assert "images/s" in shown
