import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.training.augment import PhotoAugmentation, SketchAugmentation

BOTH = pytest.mark.parametrize("augmentation", [PhotoAugmentation(), SketchAugmentation()])
OFF = [
    PhotoAugmentation(symmetries=False, angle=0, scale=0, shift=0, brightness=0, contrast=0),
    SketchAugmentation(flip=False, angle=0, scale=0, shift=0, thickness=0, patches=0),
]


def dice(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def drawings():
    """(32, 3, 40, 40) uint8: two strokes of 3 pixels on white paper."""
    images = torch.full((32, 3, 40, 40), 255, dtype=torch.uint8)
    images[:, :, 10:30, 19:22] = 20
    images[:, :, 18:21, 8:32] = 60
    return images


@BOTH
@pytest.mark.parametrize("kind", [torch.uint8, torch.float32, torch.float64])
def test_type_and_shape_stay_and_a_seed_gives_the_same_bytes(augmentation, drawings, kind):
    images = drawings if kind == torch.uint8 else drawings.to(kind) / 255
    before = images.clone()
    first, again, other = (augmentation.apply(images, dice(seed)) for seed in (1, 1, 2))
    assert first.dtype == kind
    assert first.shape == images.shape
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(images, before)
    assert first.min() >= 0
    assert first.max() <= (255 if kind == torch.uint8 else 1)


@BOTH
def test_bytes_and_floats_are_changed_alike(augmentation, drawings):
    exact = augmentation.apply(drawings.float() / 255, dice()) * 255
    assert (augmentation.apply(drawings, dice()).float() - exact).abs().max() <= 0.51


@BOTH
def test_images_of_a_batch_are_changed_differently(augmentation, drawings):
    assert len({image.numpy().tobytes() for image in augmentation.apply(drawings, dice())}) > 28


@pytest.mark.parametrize("augmentation", OFF)
def test_no_strength_no_change(augmentation):
    images = torch.arange(2 * 3 * 8 * 8, dtype=torch.int64).remainder(256).to(torch.uint8).view(2, 3, 8, 8)
    assert torch.equal(augmentation.apply(images, dice()), images)


def test_paper_stays_white():
    paper = torch.full((16, 3, 32, 32), 255, dtype=torch.uint8)
    assert (SketchAugmentation().apply(paper, dice()) == 255).all()


def test_rotated_sketches_have_white_corners():
    black = torch.zeros(64, 3, 32, 32, dtype=torch.uint8)
    turned = SketchAugmentation(angle=180, scale=0, shift=0, thickness=0, patches=0).apply(black, dice())
    assert (turned[:, 0, 0, 0] == 255).sum() > 48
    assert (turned[:, 0, 16, 16] == 0).all()


def test_thickness_grows_and_shrinks_the_ink_and_patches_take_some(drawings):
    quiet = {"flip": False, "angle": 0, "scale": 0, "shift": 0}

    def share(images):
        return (1 - images.float() / 255).mean((1, 2, 3))

    before = share(drawings)[0]
    pens = share(SketchAugmentation(**quiet, thickness=1, patches=0).apply(drawings, dice()))
    assert pens.min() < 0.6 * before
    assert pens.max() > 1.4 * before
    erased = share(SketchAugmentation(**quiet, thickness=0).apply(drawings, dice()))
    assert erased.max() <= before + 1e-6
    assert 0.8 * before < erased.mean() < 0.97 * before


def test_light_varies_and_the_scene_stays():
    photo = torch.rand(1, 3, 16, 16, generator=dice()).expand(64, 3, 16, 16) * 0.5 + 0.25
    still = {"symmetries": False, "angle": 0, "scale": 0, "shift": 0}
    brighter = PhotoAugmentation(**still, brightness=0.2, contrast=0).apply(photo, dice())
    ratio = brighter / photo
    torch.testing.assert_close(ratio, ratio[:, :1, :1, :1].expand_as(ratio), rtol=1e-4, atol=1e-4)
    starker = PhotoAugmentation(**still, brightness=0, contrast=0.2).apply(photo, dice())
    torch.testing.assert_close(starker.mean((1, 2, 3)), photo.mean((1, 2, 3)), rtol=1e-4, atol=1e-4)
    spread = starker.std((1, 2, 3)) / photo.std((1, 2, 3))
    assert 0.8 - 1e-3 < spread.min() < 0.9 < 1.1 < spread.max() < 1.2 + 1e-3


@BOTH
def test_an_empty_batch_stays_empty(augmentation):
    assert augmentation.apply(torch.zeros(0, 3, 8, 8), dice()).shape == (0, 3, 8, 8)


@BOTH
@pytest.mark.parametrize("images", [torch.zeros(3, 8, 8), torch.zeros(1, 3, 8, 8, dtype=torch.int64)])
def test_what_is_no_batch_of_images_is_refused(augmentation, images):
    with pytest.raises(BadInputError, match="images have shape"):
        augmentation.apply(images, dice())
