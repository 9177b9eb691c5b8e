import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from zsr_lib.features.preprocess import IMAGENET_MEAN, IMAGENET_SD, Preprocess, resized
from zsr_lib.features.torchvision_import import import_torchvision

PICTURE = data.astronaut()


@pytest.mark.parametrize(("height", "width"), [(512, 512), (300, 400), (60, 60)])
def test_it_agrees_with_torchvisions_pillow_transforms(height, width):
    import_torchvision()
    from torchvision import transforms

    theirs = transforms.Compose(
        [
            transforms.Resize(256),
            transforms.CenterCrop(224),
            transforms.ToTensor(),
            transforms.Normalize(IMAGENET_MEAN, IMAGENET_SD),
        ]
    )
    picture = PICTURE[:height, :width]
    ours = Preprocess.of_torchvision(224)(picture[None])[0]
    assert ours.shape == (3, 224, 224)
    # Pillow may round the other way: one grey value of 255, in units of the smallest sd.
    assert (ours - theirs(Image.fromarray(picture))).abs().max() <= 1.01 / 255 / min(IMAGENET_SD)


def test_pixels_of_the_right_size_are_only_cut_and_normalised():
    picture = PICTURE[:256, :256]
    expected = (picture[16:240, 16:240] / 255 - np.array(IMAGENET_MEAN)) / np.array(IMAGENET_SD)
    found = Preprocess.of_torchvision(224)(picture[None])[0].permute(1, 2, 0).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_read_only_pixels_raise_no_warning_and_stay_as_they_are(recwarn):
    picture = PICTURE[None].copy()
    picture.flags.writeable = False
    Preprocess(64, 64)(picture)
    assert not recwarn.list
    assert np.array_equal(picture[0], PICTURE)


def test_one_colour_stays_that_colour_at_any_size():
    flat = np.full((2, 50, 70, 3), (10, 200, 90), np.uint8)
    assert np.array_equal(resized(flat, 33), np.full((2, 33, 33, 3), (10, 200, 90), np.uint8))


def test_rows_do_not_depend_on_each_other():
    pictures = np.random.default_rng(0).integers(0, 256, (5, 40, 40, 3), dtype=np.uint8)
    together = Preprocess(64, 73)(pictures)
    apart = torch.cat([Preprocess(64, 73)(picture[None]) for picture in pictures])
    torch.testing.assert_close(together, apart)
