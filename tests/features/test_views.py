import numpy as np
import pytest
import torch

from zsr_lib.features.views import Changed, Turns
from zsr_lib.training.augment import PhotoAugmentation, SketchAugmentation

IMAGES = torch.randint(0, 256, (3, 3, 12, 12), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


@pytest.mark.parametrize("index", range(8))
def test_a_turn_is_the_symmetry_done_by_hand(index):
    pixels = IMAGES.permute(0, 2, 3, 1).numpy()
    mirrored = pixels[:, :, ::-1] if index >= 4 else pixels
    expected = np.stack([np.rot90(picture, index % 4) for picture in mirrored])
    views = Turns((0, index))
    assert views.count == 2
    assert np.array_equal(views.of(IMAGES, 1, chunk=5).permute(0, 2, 3, 1).numpy(), expected)
    assert torch.equal(views.of(IMAGES, 0, chunk=5), IMAGES)


@pytest.mark.parametrize("augmentation", [PhotoAugmentation(), SketchAugmentation()])
def test_changes_are_the_same_every_time_whatever_was_drawn_before(augmentation):
    first = [Changed(3, augmentation).of(IMAGES, view, chunk=2) for view in range(3)]
    torch.manual_seed(77)
    again = [Changed(3, augmentation).of(IMAGES, view, chunk=2) for view in (2, 1, 0)][::-1]
    assert all(torch.equal(*pair) for pair in zip(first, again, strict=True))
    assert torch.equal(first[0], IMAGES)


def test_views_chunks_and_seeds_are_changed_differently():
    augmentation = PhotoAugmentation()
    views = Changed(3, augmentation)
    others = [Changed(3, augmentation, seed=1).of(IMAGES, 1, 0), views.of(IMAGES, 2, 0), views.of(IMAGES, 1, 1)]
    made = [IMAGES, views.of(IMAGES, 1, 0), *others]
    assert len({picture.numpy().tobytes() for picture in made}) == len(made)
    assert {picture.dtype for picture in made} == {torch.uint8}


def test_changes_leave_the_callers_random_numbers_alone():
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    Changed(2, PhotoAugmentation()).of(IMAGES, 1, 0)
    assert torch.equal(torch.rand(2), expected)
