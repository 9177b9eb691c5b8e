import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from zsr_lib.features.exact_resize import ExactResize

SIDES = [(256, 64), (256, 224), (256, 100), (64, 256), (100, 64)]


def noise(side):
    """Hard for a filter: half of it noise, half of it black and white, where sums overshoot."""
    rng = np.random.default_rng(side)
    pixels = rng.integers(0, 256, (side, side, 3), dtype=np.uint8)
    pixels[: side // 2] = 255 * (pixels[: side // 2] > 127)
    return pixels


def resized(pixels, result, rules):
    planes = torch.from_numpy(pixels).permute(2, 0, 1).double()
    return ExactResize(len(pixels), result, rules)(planes).permute(1, 2, 0).numpy()


@pytest.mark.parametrize(("side", "result"), SIDES)
def test_it_is_pillows_bicubic_filter_bit_by_bit(side, result):
    expected = np.asarray(Image.fromarray(noise(side)).resize((result, result), Image.Resampling.BICUBIC))
    assert np.array_equal(resized(noise(side), result, "pillow"), expected)


@pytest.mark.parametrize(("side", "result"), SIDES)
def test_it_is_torchs_bilinear_filter_bit_by_bit(side, result):
    planes = torch.from_numpy(noise(side)).permute(2, 0, 1)[None]
    expected = F.interpolate(planes, (result, result), mode="bilinear", antialias=True)[0].permute(1, 2, 0)
    assert np.array_equal(resized(noise(side), result, "torch"), expected.numpy())


def test_a_flat_picture_stays_flat():
    grey = np.full((256, 256, 3), 137, np.uint8)
    assert np.unique(resized(grey, 64, "torch")).tolist() == [137]


def test_the_same_side_changes_nothing():
    assert np.array_equal(resized(noise(64), 64, "pillow"), noise(64))
