import numpy as np
import pytest

from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.sets.sen12 import CLASSES, SOURCE
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadInputError, DataNotFoundError

from ..conftest import draw_tile


@pytest.fixture
def root(tmp_path, cache):
    """Three pairs of each class; the first one's SAR tile is missing."""
    for label, name in enumerate(CLASSES):
        for number in (7, 8, 10):
            draw_tile(tmp_path / "data" / "sen12" / "optical" / name / f"{number}.jpg", 100 * label + number)
            if (name, number) != ("agriculture", 7):
                draw_tile(tmp_path / "data" / "sen12" / "sar" / name / f"{number}.jpg", 1000 + 100 * label + number)
    return tmp_path / "data"


def test_the_same_number_is_the_same_place(root):
    loaded = load_dataset("sen12", 8, root, progress=False)
    assert list(loaded.items) == ["optical", "sar"]
    assert loaded.of("sar").pairs.tolist() == loaded.of("sar").ids.tolist()
    assert loaded.of("optical").pairs.tolist()[:3] == ["", "agriculture/8", "agriculture/10"]
    assert loaded.of("sar").modality == "sar"
    assert "14 of the complete set's 300 items of modality sar" in loaded.notes


def test_pairs_and_classes_can_be_divided(root):
    dataset = load_dataset("sen12", 8, root, progress=False)
    task = build_task(dataset, "by-pair-34-choice-0", validation_classes=0)
    optical, sar = (set(task.test_items(each).ids.tolist()) for each in ("optical", "sar"))
    assert optical - {"agriculture/7"} == sar
    with pytest.raises(BadInputError, match="'sen12' has no sketch items"):
        task.test_items("sketch")


def test_it_is_looked_for_in_its_folder(tmp_path, cache):
    with pytest.raises(DataNotFoundError, match=r"data/sen12/optical \(no such folder\)"):
        SOURCE.find(tmp_path / "data")


@pytest.mark.real_data
def test_the_real_sample():
    dataset = load_dataset("sen12", size=32, progress=False)
    for items in dataset.items.values():
        assert np.bincount(items.labels).tolist() == [60] * 5
        assert (items.pairs == items.ids).all()
