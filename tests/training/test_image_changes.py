import numpy as np
import pytest
import torch
from scipy import ndimage

from zsr_lib.errors import BadInputError
from zsr_lib.training.image_changes import (
    random_affine,
    random_erasing,
    random_factors,
    random_mirror,
    random_symmetries,
    random_thickness,
)


def dice(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def blob():
    """64 equal images (1 channel, 48 px) of a smooth off-centre spot."""
    rows, columns = np.mgrid[:48, :48]
    spot = np.exp(-((rows - 16) ** 2 / 60 + (columns - 30) ** 2 / 20))
    return torch.from_numpy(spot).float().expand(64, 1, 48, 48).clone()


def centres(images):
    return np.array([ndimage.center_of_mass(image[0].numpy()) for image in images])


def test_symmetries_are_the_eight_of_the_square():
    image = torch.arange(9.0).view(1, 1, 3, 3)
    found = {tuple(each.flatten().tolist()) for each in random_symmetries(image.repeat(200, 1, 1, 1), dice())}
    square = image[0, 0].numpy()
    turned = [np.rot90(square, k) for k in range(4)]
    assert found == {tuple(each.flatten()) for each in (*turned, *(np.fliplr(each) for each in turned))}


def test_symmetries_need_squares():
    with pytest.raises(BadInputError, match="not square"):
        random_symmetries(torch.zeros(2, 3, 4, 5), dice())


def test_no_strength_no_change(blob):
    assert random_affine(blob, dice(), 0, 0, 0, "zeros") is blob


def test_shifts_move_the_spot_up_to_the_limit(blob):
    moved = centres(random_affine(blob, dice(), 0, 0, 0.1, "zeros")) - centres(blob)
    assert np.abs(moved).max() <= 4.8 + 0.05
    assert np.abs(moved).max() > 4
    assert (np.abs(moved.mean(0)) < 1).all()


def test_rotation_keeps_the_distance_to_the_centre(blob):
    about = centres(random_affine(blob, dice(), 180, 0, 0, "zeros")) - 23.5
    distance = np.hypot(*(centres(blob[:1])[0] - 23.5))
    np.testing.assert_allclose(np.hypot(about[:, 0], about[:, 1]), distance, atol=0.1)
    angles = np.arctan2(about[:, 0], about[:, 1])
    assert np.histogram(angles, bins=4, range=(-np.pi, np.pi))[0].min() > 5


def test_scale_multiplies_the_area(blob):
    factor = random_affine(blob, dice(), 0, 0.25, 0, "zeros").sum((1, 2, 3)) / blob.sum((1, 2, 3))
    assert 1 / 1.25**2 - 0.01 < factor.min() < 0.75
    assert 1.35 < factor.max() < 1.25**2 + 0.01


def test_a_rotation_of_an_oblong_image_does_not_shear():
    image = torch.zeros(32, 1, 40, 80)
    image[:, :, 15:25, 35:45] = 1  # a square in the middle
    turned = random_affine(image, dice(), 45, 0, 0, "zeros")
    rows, columns = torch.meshgrid(torch.arange(40.0) - 19.5, torch.arange(80.0) - 39.5, indexing="ij")
    total = turned.sum((1, 2, 3))
    for along in (rows, columns):
        variance = (turned[:, 0] * along**2).sum((1, 2)) / total
        torch.testing.assert_close(variance, torch.full((32,), 8.25), atol=0.4, rtol=0)  # (10² − 1) / 12


def test_thickness_is_dilation_and_erosion():
    ink = torch.zeros(60, 1, 20, 20)
    ink[:, :, 5:14, 6:15] = torch.rand(9, 9, generator=dice(3)) * 0.5 + 0.5
    found = {tuple(each.flatten().tolist()) for each in random_thickness(ink, 2, dice())}
    original = ink[0, 0].numpy()
    expected = [original]
    expected += [ndimage.maximum_filter(original, 2 * k + 1, mode="nearest") for k in (1, 2)]
    expected += [ndimage.minimum_filter(original, 2 * k + 1, mode="nearest") for k in (1, 2)]
    kept = [each for each in expected if each.sum() >= 0.3 * original.sum()]
    assert len(kept) == 4  # the smallest would leave too little
    assert found == {tuple(each.flatten().tolist()) for each in kept}


def test_a_hairline_is_never_thinned_away():
    ink = torch.zeros(40, 1, 16, 16)
    ink[:, :, 8] = 1
    assert (random_thickness(ink, 1, dice()).sum((1, 2, 3)) >= 16).all()


def test_erased_patches_are_squares_of_paper():
    ink = torch.ones(200, 1, 40, 40)
    left = random_erasing(ink, 1, 0.5, dice())
    sizes = []
    for image in left[:, 0]:
        rows, columns = (image == 0).any(1).sum(), (image == 0).any(0).sum()
        assert (image == 0).sum() == rows * columns
        sizes.append(max(rows, columns).item())
    assert 15 < max(sizes) <= 21
    assert min(sizes) == 0
    assert set(left.unique().tolist()) == {0.0, 1.0}


def test_erasing_can_be_off():
    ink = torch.ones(2, 1, 8, 8)
    assert random_erasing(ink, 0, 0.5, dice()) is ink
    assert random_erasing(ink, 3, 0.0, dice()) is ink


def test_about_every_other_image_is_mirrored():
    images = torch.rand(200, 1, 4, 4, generator=dice())
    mirrored = random_mirror(images, dice())
    turned = (mirrored != images).flatten(1).any(1)
    assert torch.equal(mirrored[turned], images.flip(3)[turned])
    assert 70 < turned.sum() < 130


def test_factors_are_around_one():
    factors = random_factors(torch.zeros(500, 3, 2, 2), 0.2, dice())
    assert factors.shape == (500, 1, 1, 1)
    assert 0.8 <= factors.min() < 0.82
    assert 1.18 < factors.max() <= 1.2
