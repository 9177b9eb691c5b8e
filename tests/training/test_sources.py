import numpy as np
import pytest
import torch

from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadInputError
from zsr_lib.training.augment import PhotoAugmentation, SketchAugmentation
from zsr_lib.training.sources import FeatureTable, PixelTable


@pytest.fixture
def items(tmp_path):
    """Nine sketches of 16 px, memory-mapped read-only as the store gives them, with features."""
    generator = np.random.default_rng(0)
    np.save(tmp_path / "pixels.npy", generator.integers(0, 256, (9, 16, 16, 3), dtype=np.uint8))
    return ItemSet(
        np.array([f"a/{row}" for row in range(9)]),
        np.arange(9) % 2,
        ("a", "b"),
        "sketch",
        "hand",
        pixels=np.load(tmp_path / "pixels.npy", mmap_mode="r"),
        features=generator.normal(size=(9, 4)).astype(np.float32),
    )


ROWS = np.array([8, 0, 0, 3])


def test_features_by_row(items):
    table = FeatureTable(items.features)
    assert np.array_equal(table.take(torch.from_numpy(ROWS)).numpy(), items.features[ROWS])
    assert torch.equal(table.take(torch.from_numpy(ROWS), 7), table.take(torch.from_numpy(ROWS)))
    assert FeatureTable(items.features, dtype=torch.float64).take(ROWS).dtype == torch.float64


def test_items_without_pixels_are_refused(items):
    bare = ItemSet(items.ids, items.labels, items.classes, "sketch", "hand")
    with pytest.raises(BadInputError, match="sketch items have no"):
        PixelTable(bare)


def test_pixels_by_row(items):
    images = PixelTable(items).take(ROWS)
    assert (images.dtype, images.shape) == (torch.uint8, (4, 3, 16, 16))
    assert np.array_equal(images.permute(0, 2, 3, 1).numpy(), items.pixels[ROWS])


@pytest.mark.parametrize("augmentation", [PhotoAugmentation(), SketchAugmentation()])
def test_augmented_pixels_follow_from_seed_and_number(items, augmentation):
    table, same, other = (PixelTable(items, "cpu", augmentation, seed) for seed in (1, 1, 2))
    first = table.take(ROWS, 5)
    table.take(ROWS, 6)
    assert torch.equal(table.take(ROWS, 5), first)
    assert torch.equal(same.take(ROWS, 5), first)
    assert not torch.equal(table.take(ROWS, 6), first)
    assert not torch.equal(other.take(ROWS, 5), first)
    assert (first.dtype, first.shape) == (torch.uint8, (4, 3, 16, 16))
