import numpy as np
import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.models.pretext.patches import (
    ANSWERS,
    CELLS,
    PAIRS,
    WEIGHTS,
    PatchesConfig,
    cut,
    drop_colours,
    grids,
)


def dice(seed=0):
    return torch.Generator().manual_seed(seed)


def test_answers_say_where_the_second_patch_lies():
    compass = np.array([[0, 1, 2], [3, -1, 4], [5, 6, 7]])  # as METHODS.md §5.1 lays them out
    for (first, second), answer in zip(PAIRS, ANSWERS, strict=True):
        down, right = np.subtract(CELLS[second], CELLS[first])
        assert compass[1 + down, 1 + right] == answer
    # Asked the other way round, the answer is the opposite one.
    opposite = {pair: 7 - answer for pair, answer in zip(PAIRS, ANSWERS, strict=True)}
    assert all(opposite[b, a] == answer for (a, b), answer in zip(PAIRS, ANSWERS, strict=True))


def test_whoever_always_gives_one_answer_is_right_once_in_eight():
    assert np.mean(WEIGHTS) == pytest.approx(1)
    for answer in range(8):
        assert np.mean(np.multiply(WEIGHTS, np.equal(ANSWERS, answer))) == pytest.approx(1 / 8)


@pytest.mark.parametrize(
    "config", [PatchesConfig(6, 4, 0.5, 1), PatchesConfig(8, 0, 0.0, 0), PatchesConfig(5, 3, 1.0, 2)]
)
def test_grids_stay_inside_and_keep_their_distance(config):
    height, width = config.extent + 3, config.extent
    corners = grids(400, height, width, config, dice())  # (B, 4, 2)
    assert corners.min() >= 0
    assert (corners + config.side <= torch.tensor([height, width])).all()
    top, left = corners[..., 0], corners[..., 1]
    for gaps in (top[:, 2:] - top[:, :2], left[:, 1::2] - left[:, ::2]):  # below minus above, right minus left
        between = gaps - config.side
        assert between.max() <= config.gap + 2 * config.jitter
        assert between.min() >= round(config.gap * (1 - config.uneven)) - 2 * config.jitter
        assert len(between.unique()) == 1 + config.gap - round(config.gap * (1 - config.uneven)) + 4 * config.jitter


def test_the_same_dice_give_the_same_grids():
    config = PatchesConfig(6, 4, 0.5, 1)
    assert torch.equal(grids(9, 32, 32, config, dice(3)), grids(9, 32, 32, config, dice(3)))
    assert not torch.equal(grids(9, 32, 32, config, dice(3)), grids(9, 32, 32, config, dice(4)))


def test_patches_are_what_slicing_gives():
    images = torch.randint(0, 256, (3, 2, 20, 17), generator=dice(), dtype=torch.uint8)
    corners = grids(3, 20, 17, PatchesConfig(6, 2, 0.5, 1), dice(1))
    patches = cut(images, corners, 6)
    assert (patches.shape, patches.dtype) == ((12, 2, 6, 6), torch.uint8)
    for image in range(3):
        for place, (top, left) in enumerate(corners[image].tolist()):
            assert torch.equal(patches[4 * image + place], images[image, :, top : top + 6, left : left + 6])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_one_colour_is_left(dtype):
    patches = torch.randn(40, 3, 8, 8, generator=dice(), dtype=dtype)
    dropped = drop_colours(patches, dice(1))
    assert dropped.dtype == dtype
    same = (dropped == patches).all(dim=(2, 3))  # (B, 3)
    assert same.sum(dim=1).tolist() == [1] * 40
    assert same.any(dim=0).all()
    kept = patches[same]  # (B, 8, 8)
    for other in dropped[~same].reshape(40, 2, 8, 8).unbind(1):
        assert (other.mean(dim=(1, 2)) - kept.mean(dim=(1, 2))).abs().max() < 0.01
        assert (other.std(dim=(1, 2)) / kept.std(dim=(1, 2))).max() < 0.02


def test_a_patch_of_one_band_stays_as_it_is():
    grey = torch.randn(5, 1, 8, 8, generator=dice())
    assert torch.equal(drop_colours(grey, dice()), grey)


def test_too_small_pictures_are_refused_and_what_is_proposed_fits():
    with pytest.raises(BadInputError, match=r"64 × 48[\s\S]*254 pixels[\s\S]*side 18, gap 6, jitter 1"):
        grids(1, 64, 48, PatchesConfig(), dice())
    PatchesConfig(18, 6, 0.5, 1).check(64, 48)


@pytest.mark.parametrize("wrong", [{"side": 0}, {"gap": -1}, {"jitter": -1}, {"uneven": 1.5}])
def test_impossible_grids_are_refused(wrong):
    with pytest.raises(BadInputError, match="give a side of 1 or more"):
        PatchesConfig(**wrong)
