import hashlib

import numpy as np
import pytest

from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.infrared import BANDS, MATERIALS, RULE, render_bands
from zsr_lib.data.scenes import render_photo
from zsr_lib.data.scenes.paints import PAINTS
from zsr_lib.errors import BadInputError


def test_three_bands_are_the_photo_and_the_fourth_has_the_same_bytes_everywhere():
    for size in (32, 96):
        np.testing.assert_array_equal(render_bands("river", 3, 1, size)[..., :3], render_photo("river", 3, 1, size))
    made = hashlib.sha256(b"".join(render_bands(name, 0, 0, 32).tobytes() for name in ("river", "stadium"))).hexdigest()
    assert (RULE, made) == (1, "0ced4bba73eeda781c3d7799133d872eac09bacdc1f5820b16f785803b5018ee"), (
        "raise RULE when the rule changes"
    )


def test_water_is_dark_and_plants_are_bright():
    river = np.stack([render_bands("river", 0, index, 64)[..., 3] for index in range(4)])
    assert np.percentile(river, 2) < 40
    assert np.percentile(river, 90) > 120
    assert set(MATERIALS) <= set(PAINTS)


def test_the_data_set_names_its_bands(cache):
    dataset = load_dataset("generated_bands", 16, progress=False, per_class=2, classes=["river", "runway"])
    items = dataset.of("multispectral")
    assert (items.bands, items.pixels.shape, items.origin) == (BANDS, (4, 16, 16, 4), "recipe")
    np.testing.assert_array_equal(items.pixels[3], render_bands("runway", 0, 1, 16))
    plain = load_dataset("generated", 16, progress=False, per_class=2, classes=["river", "runway"])
    np.testing.assert_array_equal(dataset.of("sketch").pixels, plain.sketches.pixels)
    assert dataset.checksum != plain.checksum


def test_impossible_sizes_are_refused():
    with pytest.raises(BadInputError):
        render_bands("river", 0, 0, 5)
