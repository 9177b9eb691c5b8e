import numpy as np
import pytest

from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.scenes import render_height
from zsr_lib.data.task import build_task

CLASSES = ["runway", "storagetanks"]


@pytest.fixture
def loaded():
    return load_dataset("generated_heights", 64, progress=False, per_class=6, classes=CLASSES)


def test_a_height_map_is_that_of_its_photo_in_metres(loaded):
    photos, heights = loaded.items.values()
    assert (heights.modality, heights.origin) == ("height", "recipe")
    assert heights.pairs.tolist() == photos.ids.tolist()
    assert photos.pairs.tolist() == heights.ids.tolist()
    assert heights.pixels.shape == photos.pixels.shape == (12, 64, 64, 3)
    for row in (0, 7):
        name, _, number = heights.ids[row].split("/")
        metres = render_height(name, 0, int(number), 64)
        assert (heights.pixels[row] == np.rint(metres)[..., None]).all()


def test_what_stands_high_is_higher(loaded):
    tallest = loaded.of("height").pixels.reshape(12, -1).max(axis=1)
    names = loaded.of("height").class_names
    assert tallest[names == "storagetanks"].mean() > 1.5 * tallest[names == "runway"].mean()


def test_the_photos_are_those_of_the_other_generated_set(loaded):
    other = load_dataset("generated", 64, progress=False, per_class=6, classes=CLASSES)
    assert (other.photos.pixels == loaded.photos.pixels).all()
    assert other.checksum != loaded.checksum


def test_a_split_by_pairs_keeps_a_scene_and_its_heights_together(loaded):
    task = build_task(loaded, "by-pair-50-choice-0", validation_classes=0)
    tested = {name: {each.split("/")[2] for each in task.items("unseen", name).ids} for name in ("photo", "height")}
    assert tested["photo"] == tested["height"]
    assert len(task.items("unseen", "height")) == 6
